CREATE TABLE "liftproof"."share_link" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"name" text NOT NULL,
	"report" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "liftproof"."share_link" ADD CONSTRAINT "share_link_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "share_link_workspace" ON "liftproof"."share_link" USING btree ("workspace","created_at");
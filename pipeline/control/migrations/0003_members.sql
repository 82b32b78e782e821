CREATE TABLE "liftproof"."member" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"invitation_hash" "bytea",
	"invitation_expires_at" timestamp (3) with time zone,
	"joined_at" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "liftproof"."api_key" ADD COLUMN "member_id" text;--> statement-breakpoint
ALTER TABLE "liftproof"."member" ADD CONSTRAINT "member_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "member_email" ON "liftproof"."member" USING btree ("workspace","email");--> statement-breakpoint
ALTER TABLE "liftproof"."api_key" ADD CONSTRAINT "api_key_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "liftproof"."member"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_member" ON "liftproof"."api_key" USING btree ("member_id");
CREATE SCHEMA IF NOT EXISTS "liftproof";
--> statement-breakpoint
CREATE TABLE "liftproof"."api_key" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[] NOT NULL,
	"hash" "bytea" NOT NULL,
	"allowed_ips" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"replaced_by" text
);
--> statement-breakpoint
CREATE TABLE "liftproof"."audit" (
	"workspace" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"key_id" text,
	"ip" text,
	"action" text NOT NULL,
	"object" text NOT NULL,
	"before_hash" text,
	"after_hash" text,
	"request_id" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_workspace_seq_pk" PRIMARY KEY("workspace","seq")
);
--> statement-breakpoint
CREATE TABLE "liftproof"."export" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"job_id" text NOT NULL,
	"format" text NOT NULL,
	"query" jsonb NOT NULL,
	"run_id" text,
	"rows" bigint,
	"bytes" bigint,
	"sha256" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "liftproof"."finance_period" (
	"workspace" text NOT NULL,
	"period" text NOT NULL,
	"calendar" text DEFAULT 'month' NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"run_id" text,
	"run_hash" text,
	"files" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_by" text,
	"locked_at" timestamp (3) with time zone,
	"locked_by" text,
	"reopen_requested_at" timestamp (3) with time zone,
	"reopen_requested_by" text,
	"reopen_reason" text,
	"reopened_at" timestamp (3) with time zone,
	"reopen_approved_by" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "finance_period_workspace_period_pk" PRIMARY KEY("workspace","period")
);
--> statement-breakpoint
CREATE TABLE "liftproof"."idempotency" (
	"workspace" text NOT NULL,
	"key_id" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"headers" jsonb,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_workspace_key_id_idempotency_key_pk" PRIMARY KEY("workspace","key_id","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "liftproof"."job" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"input" jsonb NOT NULL,
	"result" jsonb,
	"error" jsonb,
	"progress" text,
	"actor" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"server" text,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "liftproof"."restatement" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"period" text NOT NULL,
	"from_version" integer NOT NULL,
	"to_version" integer NOT NULL,
	"line_id" text NOT NULL,
	"column_name" text NOT NULL,
	"old_value" text,
	"new_value" text,
	"delta" numeric,
	"kind" text NOT NULL,
	"reason_code" text NOT NULL,
	"evidence" text,
	"actor" text NOT NULL,
	"approver" text,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "liftproof"."roi_ledger" (
	"workspace" text NOT NULL,
	"period" text NOT NULL,
	"version" integer NOT NULL,
	"line_id" text NOT NULL,
	"row_type" text NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"entity" text,
	"channel" text,
	"platform" text,
	"campaign_id" text,
	"campaign_name" text,
	"customer_type" text,
	"model_id" text NOT NULL,
	"basis" text NOT NULL,
	"currency" text NOT NULL,
	"run_id" text NOT NULL,
	"run_hash" text NOT NULL,
	"orders" numeric,
	"revenue_net" numeric,
	"spend_total" numeric,
	"gross_profit" numeric,
	"contribution_after_spend" numeric,
	"incremental_revenue" numeric,
	"incremental_revenue_lo" numeric,
	"incremental_revenue_hi" numeric,
	"roas" numeric,
	"iroas" numeric,
	"evidence_grade" text,
	"adjusts_period" text,
	"line" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "roi_ledger_workspace_period_version_line_id_pk" PRIMARY KEY("workspace","period","version","line_id")
);
--> statement-breakpoint
CREATE TABLE "liftproof"."saved_report" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"name" text NOT NULL,
	"query" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "liftproof"."session" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"key_id" text NOT NULL,
	"csrf_token" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "liftproof"."webhook" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace" text NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"sealed_secret" "bytea" NOT NULL,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "liftproof"."webhook_delivery" (
	"id" text PRIMARY KEY NOT NULL,
	"webhook_id" text NOT NULL,
	"workspace" text NOT NULL,
	"event" text NOT NULL,
	"body" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_status" integer,
	"last_error" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "liftproof"."workspace" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"audit_seq" bigint DEFAULT 0 NOT NULL,
	"audit_hash" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "liftproof"."api_key" ADD CONSTRAINT "api_key_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."audit" ADD CONSTRAINT "audit_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."export" ADD CONSTRAINT "export_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."export" ADD CONSTRAINT "export_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "liftproof"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."finance_period" ADD CONSTRAINT "finance_period_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."idempotency" ADD CONSTRAINT "idempotency_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."job" ADD CONSTRAINT "job_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."restatement" ADD CONSTRAINT "restatement_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."roi_ledger" ADD CONSTRAINT "roi_ledger_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."saved_report" ADD CONSTRAINT "saved_report_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."session" ADD CONSTRAINT "session_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."session" ADD CONSTRAINT "session_key_id_api_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "liftproof"."api_key"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."webhook" ADD CONSTRAINT "webhook_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_webhook_id_webhook_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "liftproof"."webhook"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "liftproof"."webhook_delivery" ADD CONSTRAINT "webhook_delivery_workspace_workspace_name_fk" FOREIGN KEY ("workspace") REFERENCES "liftproof"."workspace"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_key_workspace" ON "liftproof"."api_key" USING btree ("workspace");--> statement-breakpoint
CREATE INDEX "export_workspace" ON "liftproof"."export" USING btree ("workspace","created_at");--> statement-breakpoint
CREATE INDEX "idempotency_expires_at" ON "liftproof"."idempotency" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "job_workspace" ON "liftproof"."job" USING btree ("workspace","created_at");--> statement-breakpoint
CREATE INDEX "restatement_period" ON "liftproof"."restatement" USING btree ("workspace","period");--> statement-breakpoint
CREATE INDEX "roi_ledger_channel" ON "liftproof"."roi_ledger" USING btree ("workspace","channel","period_start");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_report_name" ON "liftproof"."saved_report" USING btree ("workspace","name");--> statement-breakpoint
CREATE INDEX "session_expires_at" ON "liftproof"."session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "webhook_workspace" ON "liftproof"."webhook" USING btree ("workspace");--> statement-breakpoint
CREATE INDEX "webhook_delivery_due" ON "liftproof"."webhook_delivery" USING btree ("state","next_attempt_at");--> statement-breakpoint
CREATE INDEX "webhook_delivery_webhook" ON "liftproof"."webhook_delivery" USING btree ("webhook_id");
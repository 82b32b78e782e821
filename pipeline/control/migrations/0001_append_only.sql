-- What was reported and who did what is added to, never changed: not by a bug, and not by whoever may write to the tables.
CREATE FUNCTION "liftproof"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of %.% are never changed or removed', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "liftproof"."audit" FOR EACH STATEMENT EXECUTE FUNCTION "liftproof"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "roi_ledger_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "liftproof"."roi_ledger" FOR EACH STATEMENT EXECUTE FUNCTION "liftproof"."refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "restatement_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "liftproof"."restatement" FOR EACH STATEMENT EXECUTE FUNCTION "liftproof"."refuse_change"();

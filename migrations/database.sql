-- What PostgreSQL lets everybody do in a database, which readers need not: temporary tables, objects in the schema `public`
-- (in databases that began before PostgreSQL 15), large objects. None of them asks for a right on any table, and no
-- statement of ours uses them. Runs after every `entente migrate`, as whoever runs it and as far as they may;
-- everything here may be repeated.

DO $$
DECLARE
    this record;
    routine regprocedure;
BEGIN
    SELECT d.datname, pg_catalog.pg_has_role(current_user, d.datdba, 'USAGE') AS is_ours,
        (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user) AS is_superuser
    INTO this FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database();
    IF this.is_ours AND pg_catalog.has_database_privilege('entente_reader', this.datname, 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', this.datname);
    END IF;
    IF (SELECT pg_catalog.pg_has_role(current_user, n.nspowner, 'USAGE')
            AND pg_catalog.has_schema_privilege('entente_reader', n.oid, 'CREATE')
        FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public')
    THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    IF this.is_superuser THEN
        FOR routine IN
            SELECT p.oid::regprocedure FROM pg_catalog.pg_proc AS p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_put', 'lowrite', 'lo_truncate',
                    'lo_truncate64', 'lo_unlink')
                AND pg_catalog.has_function_privilege('entente_reader', p.oid, 'EXECUTE')
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
        END LOOP;
    END IF;
END $$;

-- Login users for workers and for Grafana, each in the group whose rights it needs; `entente migrate` creates groups that
-- are missing and gives them their rights. Passwords come from the environment. For psql 15 or later, as a superuser, in
-- the database that is to be Entente's:
--
--     ENTENTE_WORKER_PASSWORD=… ENTENTE_READER_PASSWORD=… psql --file logins.sql

\set ON_ERROR_STOP on
\getenv worker_password ENTENTE_WORKER_PASSWORD
\getenv reader_password ENTENTE_READER_PASSWORD

CREATE ROLE entente_owner NOLOGIN;
CREATE ROLE entente_worker NOLOGIN;
CREATE ROLE entente_reader NOLOGIN;

CREATE ROLE entente_work LOGIN PASSWORD :'worker_password' IN ROLE entente_worker;

CREATE ROLE entente_grafana LOGIN PASSWORD :'reader_password' IN ROLE entente_reader;

-- What readers can't go beyond: these a role can't change for itself. Grafana's data source opens 8 connections.
ALTER ROLE entente_grafana CONNECTION LIMIT 10;
ALTER ROLE entente_grafana SET temp_file_limit = '2GB';

-- What keeps mistakes small: a session may set each of these to something else.
ALTER ROLE entente_grafana SET default_transaction_read_only = on;
ALTER ROLE entente_grafana SET statement_timeout = '10s';
ALTER ROLE entente_grafana SET lock_timeout = '5s';
ALTER ROLE entente_grafana SET idle_in_transaction_session_timeout = '10s';
-- Compiling a plan takes longer than running any of the dashboards'.
ALTER ROLE entente_grafana SET jit = off;

-- What everybody may write by default without a right on any table. `entente migrate` sees to it as well; where it is not
-- run by a superuser, it can't take large objects away.
REVOKE TEMPORARY ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION
    lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_import(text), lo_import(text, oid),
    lo_put(oid, bigint, bytea), lowrite(integer, bytea), lo_truncate(integer, integer), lo_truncate64(integer, bigint),
    lo_unlink(oid)
    FROM PUBLIC;

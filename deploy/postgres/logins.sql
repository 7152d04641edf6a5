-- Login users for workers and for Grafana, each in the group whose rights it needs; `entente migrate` creates groups that
-- are missing and gives them their rights. Passwords come from the environment. For psql 15 or later, as a superuser:
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
ALTER ROLE entente_grafana SET default_transaction_read_only = on;
ALTER ROLE entente_grafana SET statement_timeout = '10s';
-- Compiling a plan takes longer than running any of the dashboards'.
ALTER ROLE entente_grafana SET jit = off;

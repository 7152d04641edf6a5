#ifndef ENTENTE_POSTGRES_SHIM_H
#define ENTENTE_POSTGRES_SHIM_H
#include <libpq-fe.h>
#include <spawn.h>

/* glibc 2.34 and later; its header shows it to _GNU_SOURCE only, which Swift's Glibc module does not define. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* The PG_DIAG_ macros are character literals, which Swift does not import. */
enum {
    ENTENTE_DIAG_SQLSTATE = PG_DIAG_SQLSTATE,
    ENTENTE_DIAG_PRIMARY = PG_DIAG_MESSAGE_PRIMARY,
    ENTENTE_DIAG_TABLE = PG_DIAG_TABLE_NAME,
    ENTENTE_DIAG_COLUMN = PG_DIAG_COLUMN_NAME,
    ENTENTE_DIAG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME
};
#endif

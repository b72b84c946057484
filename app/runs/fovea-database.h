#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* SQLite with GLib's errors: what every query of the run store needs. Errors are
 * %G_IO_ERROR, %G_IO_ERROR_NO_SPACE among them, and name the file. */

typedef sqlite3 FoveaDatabase;
typedef sqlite3_stmt FoveaStatement;

FoveaDatabase  *fovea_database_open     (const char      *path,
                                         GError         **error);
void            fovea_database_close    (FoveaDatabase   *self);
gboolean        fovea_database_execute  (FoveaDatabase   *self,
                                         const char      *sql,
                                         GError         **error);
gboolean        fovea_database_rollback (FoveaDatabase   *self);

FoveaStatement *fovea_statement_new     (FoveaDatabase   *database,
                                         const char      *sql,
                                         GError         **error);
void            fovea_statement_free    (FoveaStatement  *self);
void            fovea_statement_bind    (FoveaStatement  *self,
                                         const char      *types,
                                         ...);
gboolean        fovea_statement_step    (FoveaStatement  *self,
                                         gboolean        *has_row,
                                         GError         **error);
gboolean        fovea_statement_run     (FoveaStatement  *self,
                                         GError         **error);
char           *fovea_statement_dup_text (FoveaStatement *self,
                                         int              column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDatabase, fovea_database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStatement, fovea_statement_free)

G_END_DECLS

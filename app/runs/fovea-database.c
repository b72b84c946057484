#define G_LOG_DOMAIN "fovea-database"

#include "fovea-database.h"

#include <errno.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* How long one process waits for another that writes, in milliseconds. Each
 * writes for a moment only. */
#define BUSY_MILLISECONDS 20000

static GIOErrorEnum
get_code (FoveaDatabase *self)
{
  switch (sqlite3_errcode (self) & 0xff)
    {
    case SQLITE_FULL:
      return G_IO_ERROR_NO_SPACE;

    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return G_IO_ERROR_INVALID_DATA;

    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return G_IO_ERROR_BUSY;

    case SQLITE_READONLY:
    case SQLITE_PERM:
      return G_IO_ERROR_PERMISSION_DENIED;

    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return sqlite3_system_errno (self) != 0
             ? g_io_error_from_errno (sqlite3_system_errno (self)) : G_IO_ERROR_FAILED;

    default:
      return G_IO_ERROR_FAILED;
    }
}

static void
set_error (FoveaDatabase  *self,
           GError        **error)
{
  const char *path = sqlite3_db_filename (self, "main");
  GIOErrorEnum code = get_code (self);
  const char *message = sqlite3_errmsg (self);

  if (code == G_IO_ERROR_NO_SPACE)
    message = "no room is left on the disk";
  else if ((sqlite3_errcode (self) & 0xff) == SQLITE_CANTOPEN && sqlite3_system_errno (self) != 0)
    message = g_strerror (sqlite3_system_errno (self));

  g_set_error (error, G_IO_ERROR, code, "%s: %s", path != NULL ? path : "runs", message);
}

/*< private >
 * fovea_database_open:
 * @path: a file, made if there is none
 * @error: return location for a %G_IO_ERROR
 *
 * Opens a database. Nothing of it is read before the first query.
 *
 * Returns: (transfer full): the database
 */
FoveaDatabase *
fovea_database_open (const char  *path,
                     GError     **error)
{
  FoveaDatabase *self = NULL;

  if (sqlite3_open_v2 (path, &self, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    {
      g_set_error (error, G_IO_ERROR, get_code (self), "%s: cannot be opened: %s", path,
                   sqlite3_system_errno (self) != 0 ? g_strerror (sqlite3_system_errno (self))
                                                    : sqlite3_errmsg (self));
      sqlite3_close (self);
      return NULL;
    }

  sqlite3_extended_result_codes (self, TRUE);
  sqlite3_busy_timeout (self, BUSY_MILLISECONDS);

  return self;
}

void
fovea_database_close (FoveaDatabase *self)
{
  sqlite3_close_v2 (self);
}

/*< private >
 * fovea_database_execute:
 * @self: a database
 * @sql: one or several statements that return nothing
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether they were carried out
 */
gboolean
fovea_database_execute (FoveaDatabase  *self,
                        const char     *sql,
                        GError        **error)
{
  if (sqlite3_exec (self, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  set_error (self, error);

  return FALSE;
}

/*< private >
 * fovea_database_rollback:
 * @self: a database
 *
 * Takes back what the transaction did, if there is one; some errors have done it
 * already.
 *
 * Returns: %FALSE, for whoever returns it at once
 */
gboolean
fovea_database_rollback (FoveaDatabase *self)
{
  if (!sqlite3_get_autocommit (self))
    sqlite3_exec (self, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

FoveaStatement *
fovea_statement_new (FoveaDatabase  *database,
                     const char     *sql,
                     GError        **error)
{
  FoveaStatement *self = NULL;

  if (sqlite3_prepare_v2 (database, sql, -1, &self, NULL) != SQLITE_OK)
    set_error (database, error);

  return self;
}

void
fovea_statement_free (FoveaStatement *self)
{
  sqlite3_finalize (self);
}

/*< private >
 * fovea_statement_bind:
 * @self: a statement that was not stepped, or has run
 * @types: a letter for each value: `i` gint64, `d` double (NaN as NULL), `s`
 *   string (copied; %NULL as NULL), `-` NULL, which takes no argument
 * @...: the values
 *
 * Sets the statement's parameters, from the first.
 */
void
fovea_statement_bind (FoveaStatement *self,
                      const char     *types,
                      ...)
{
  va_list values;

  va_start (values, types);
  for (int i = 1; types[i - 1] != '\0'; i++)
    switch (types[i - 1])
      {
      case 'i':
        sqlite3_bind_int64 (self, i, va_arg (values, gint64));
        break;

      case 'd':
        /* SQLite itself makes a NULL of NaN. */
        sqlite3_bind_double (self, i, va_arg (values, double));
        break;

      case 's':
        sqlite3_bind_text (self, i, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
        break;

      case '-':
        sqlite3_bind_null (self, i);
        break;

      default:
        g_assert_not_reached ();
      }
  va_end (values);
}

/*< private >
 * fovea_statement_step:
 * @self: a statement
 * @has_row: (out): whether there is a row to read
 * @error: return location for a %G_IO_ERROR
 *
 * Goes on to the next row.
 *
 * Returns: whether nothing went wrong
 */
gboolean
fovea_statement_step (FoveaStatement  *self,
                      gboolean        *has_row,
                      GError         **error)
{
  int code = sqlite3_step (self);

  *has_row = code == SQLITE_ROW;
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;

  set_error (sqlite3_db_handle (self), error);

  return FALSE;
}

/*< private >
 * fovea_statement_run:
 * @self: a statement that returns nothing
 * @error: return location for a %G_IO_ERROR
 *
 * Carries it out, and makes it ready for other values.
 *
 * Returns: whether it was carried out
 */
gboolean
fovea_statement_run (FoveaStatement  *self,
                     GError         **error)
{
  gboolean has_row;
  gboolean done = fovea_statement_step (self, &has_row, error);

  sqlite3_reset (self);

  return done;
}

char *
fovea_statement_dup_text (FoveaStatement *self,
                          int             column)
{
  return g_strdup ((const char *) sqlite3_column_text (self, column));
}

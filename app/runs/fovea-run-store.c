/* For locks of an open file description. */
#define _GNU_SOURCE

#define G_LOG_DOMAIN "fovea-run-store"

#include "fovea-run-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* The file: opening it, what is in it, and who works on which run. */

/* Runs that were deleted are kept for so long, in seconds. */
#define KEEP_DELETED (7 * 24 * 60 * 60)

/* Files up to this size are looked through when they are opened. */
#define MAX_CHECKED (64 << 20)

/* The byte of the lock file that stands for opening; those of the runs follow. */
#define LOCK_OPEN 0

#define SCHEMA_VERSION 1

/* A result has the picture's stamp beside it, so that a run that goes on later
 * sees whether it still is the same picture. Times are in seconds, but for
 * `modified`, in nanoseconds. */
static const char schema[] =
  "CREATE TABLE runs ("
  " id INTEGER PRIMARY KEY AUTOINCREMENT,"
  " name TEXT NOT NULL, created INTEGER NOT NULL, deleted INTEGER,"
  " key TEXT NOT NULL, model_sha256 TEXT NOT NULL, dataset_sha256 TEXT NOT NULL,"
  " model TEXT, network TEXT NOT NULL, dataset TEXT,"
  " preset TEXT, short_side INTEGER NOT NULL, crop_size INTEGER NOT NULL,"
  " rounding INTEGER NOT NULL, filter INTEGER NOT NULL,"
  " mean_r REAL NOT NULL, mean_g REAL NOT NULL, mean_b REAL NOT NULL,"
  " std_r REAL NOT NULL, std_g REAL NOT NULL, std_b REAL NOT NULL,"
  " crops TEXT NOT NULL, pictures INTEGER NOT NULL, picture_limit INTEGER NOT NULL,"
  " batch_size INTEGER NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL,"
  " engine TEXT NOT NULL, cpu TEXT,"
  " total INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0,"
  " scored INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,"
  " correct INTEGER NOT NULL DEFAULT 0, top5 INTEGER NOT NULL DEFAULT 0,"
  " loss REAL, mean_cross_entropy REAL, seconds REAL NOT NULL DEFAULT 0);"
  "CREATE INDEX runs_by_key ON runs (key);"
  "CREATE TABLE classes ("
  " run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,"
  " class INTEGER NOT NULL, wnid TEXT, name TEXT,"
  " PRIMARY KEY (run, class)) WITHOUT ROWID;"
  "CREATE TABLE results ("
  " run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,"
  " sample INTEGER NOT NULL, file TEXT NOT NULL, label INTEGER, prediction INTEGER,"
  " cross_entropy REAL,"
  " top1 INTEGER, probability1 REAL, top2 INTEGER, probability2 REAL,"
  " top3 INTEGER, probability3 REAL, top4 INTEGER, probability4 REAL,"
  " top5 INTEGER, probability5 REAL,"
  " seconds REAL NOT NULL, reason TEXT,"
  " bytes INTEGER NOT NULL, modified INTEGER NOT NULL, crc INTEGER NOT NULL,"
  " PRIMARY KEY (run, sample)) WITHOUT ROWID;"
  "CREATE TABLE models ("
  " path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, modified INTEGER NOT NULL,"
  " sha256 TEXT NOT NULL) WITHOUT ROWID;"
  "PRAGMA user_version = 1;";

/**
 * fovea_run_store_dup_default_path:
 *
 * Returns: (transfer full): the file in the user's data folder where window and
 *   command line keep their runs
 */
char *
fovea_run_store_dup_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "fovea", "runs.sqlite", NULL);
}

/* ---- Locks ---- */

/* Locks of an open file description: they end with the program, however it does,
 * and two stores of one program do not share them. */
static gboolean
set_lock (FoveaRunStore *self,
          gint64         byte,
          short          type,
          gboolean       wait)
{
  struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
  int result;

  do
    result = fcntl (self->lock_fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
  while (result != 0 && errno == EINTR);

  return result == 0;
}

gboolean
fovea_run_store_is_locked (FoveaRunStore *self,
                           gint64         id)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1 };

  return fcntl (self->lock_fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/**
 * fovea_run_store_lock:
 * @self: a store
 * @id: a run
 * @error: return location for a %G_IO_ERROR_BUSY
 *
 * Makes sure that nobody else works on the run, here or in another program,
 * until fovea_run_store_unlock() is called, the store is closed or the program
 * ends.
 *
 * Returns: whether nobody else does
 */
gboolean
fovea_run_store_lock (FoveaRunStore  *self,
                      gint64          id,
                      GError        **error)
{
  if (set_lock (self, id, F_WRLCK, FALSE))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               "%s: somebody works on run %" G_GINT64_FORMAT " already", self->path, id);

  return FALSE;
}

void
fovea_run_store_unlock (FoveaRunStore *self,
                        gint64         id)
{
  set_lock (self, id, F_UNLCK, FALSE);
}

static gboolean
open_lock (FoveaRunStore  *self,
           GError        **error)
{
  g_autofree char *path = g_strconcat (self->path, ".lock", NULL);

  self->lock_fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd >= 0 && set_lock (self, LOCK_OPEN, F_WRLCK, TRUE))
    return TRUE;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));

  return FALSE;
}

/* ---- Opening ---- */

static gboolean
get_number (FoveaDatabase  *database,
            const char     *sql,
            gint64         *number,
            GError        **error)
{
  g_autoptr (FoveaStatement) statement = fovea_statement_new (database, sql, error);
  gboolean has_row = FALSE;

  if (statement == NULL || !fovea_statement_step (statement, &has_row, error))
    return FALSE;

  *number = has_row ? sqlite3_column_int64 (statement, 0) : 0;

  return TRUE;
}

/* Whether the file is sound, as far as can be told in a moment. */
static gboolean
check (FoveaRunStore  *self,
       GError        **error)
{
  g_autoptr (FoveaStatement) statement = NULL;
  gboolean has_row;
  GStatBuf status;

  if (g_stat (self->path, &status) != 0 || status.st_size > MAX_CHECKED)
    return TRUE;

  statement = fovea_statement_new (self->database, "PRAGMA quick_check(1)", error);
  if (statement == NULL || !fovea_statement_step (statement, &has_row, error))
    return FALSE;

  if (has_row && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: is damaged", self->path);

  return FALSE;
}

/* A writer that is killed leaves what it had committed; with a write-ahead log
 * readers do not wait for writers. */
static gboolean
prepare (FoveaRunStore  *self,
         GError        **error)
{
  g_autofree char *purge = NULL;
  gint64 version;

  if (!fovea_database_execute (self->database,
                               "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                               "PRAGMA wal_autocheckpoint = 128;"
                               "PRAGMA foreign_keys = ON", error) ||
      !get_number (self->database, "PRAGMA user_version", &version, error))
    return FALSE;

  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s: was written by a newer Fovea (version %" G_GINT64_FORMAT ", expected %d)",
                   self->path, version, SCHEMA_VERSION);
      return FALSE;
    }

  if (version == 0 && !fovea_database_execute (self->database, schema, error))
    return FALSE;

  purge = g_strdup_printf ("DELETE FROM runs WHERE deleted < %" G_GINT64_FORMAT,
                           g_get_real_time () / G_USEC_PER_SEC - KEEP_DELETED);

  return check (self, error) && fovea_database_execute (self->database, purge, error);
}

static gboolean
open_database (FoveaRunStore  *self,
               GError        **error)
{
  self->database = fovea_database_open (self->path, error);
  if (self->database != NULL && prepare (self, error))
    return TRUE;

  g_clear_pointer (&self->database, fovea_database_close);

  return FALSE;
}

/* Puts a file that cannot be used out of the way, with what belongs to it. */
static gboolean
put_aside (FoveaRunStore  *self,
           GError        **error)
{
  const char *const endings[] = { "", "-wal", "-shm" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S");

  self->aside = g_strdup_printf ("%s.damaged-%s", self->path, date);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (self->path, endings[i], NULL);
      g_autofree char *to = g_strconcat (self->aside, endings[i], NULL);

      if (g_rename (from, to) != 0 && i == 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s",
                       from, g_strerror (errno));
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * fovea_run_store_open:
 * @path: (nullable): a file, made with its folder if there is none; %NULL for
 *   the user's own
 * @error: return location for a %G_IO_ERROR
 *
 * Opens a store. A file that is no store, or a damaged one, is kept under
 * another name, see fovea_run_store_get_aside(), and a new one is started.
 *
 * Returns: (transfer full): the store
 */
FoveaRunStore *
fovea_run_store_open (const char  *path,
                      GError     **error)
{
  g_autoptr (FoveaRunStore) self = g_new0 (FoveaRunStore, 1);
  g_autofree char *folder = NULL;
  g_autoptr (GError) problem = NULL;

  self->lock_fd = -1;
  self->path = path != NULL ? g_strdup (path) : fovea_run_store_dup_default_path ();
  folder = g_path_get_dirname (self->path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return NULL;
    }

  if (!open_lock (self, error))
    return NULL;

  if (!open_database (self, &problem) &&
      (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ||
       !put_aside (self, error) || !open_database (self, error)))
    {
      if (error == NULL || *error == NULL)
        g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  set_lock (self, LOCK_OPEN, F_UNLCK, FALSE);

  return g_steal_pointer (&self);
}

/**
 * fovea_run_store_close:
 * @self: (transfer full): a store
 *
 * Closes it. Nothing that was written waits for this.
 */
void
fovea_run_store_close (FoveaRunStore *self)
{
  g_clear_pointer (&self->database, fovea_database_close);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->path);
  g_free (self->aside);
  g_free (self);
}

const char *
fovea_run_store_get_path (FoveaRunStore *self)
{
  return self->path;
}

/**
 * fovea_run_store_get_aside:
 * @self: a store
 *
 * Returns: (nullable): where the file is that could not be used, if there was one
 */
const char *
fovea_run_store_get_aside (FoveaRunStore *self)
{
  return self->aside;
}

/* ---- What models are ---- */

/* It is a cache: what goes wrong with it is no error. */
char *
fovea_run_store_dup_digest (FoveaRunStore    *self,
                            const char       *path,
                            const FoveaStamp *stamp)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "SELECT sha256 FROM models"
                         " WHERE path = ? AND bytes = ? AND modified = ?", NULL);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  fovea_statement_bind (statement, "sii", path, stamp->bytes, stamp->modified);
  if (!fovea_statement_step (statement, &has_row, NULL) || !has_row)
    return NULL;

  return fovea_statement_dup_text (statement, 0);
}

void
fovea_run_store_remember_digest (FoveaRunStore    *self,
                                 const char       *path,
                                 const FoveaStamp *stamp,
                                 const char       *digest)
{
  g_autoptr (FoveaStatement) statement =
    fovea_statement_new (self->database, "INSERT OR REPLACE INTO models VALUES (?, ?, ?, ?)", NULL);

  if (statement == NULL)
    return;

  fovea_statement_bind (statement, "siis", path, stamp->bytes, stamp->modified, digest);
  fovea_statement_run (statement, NULL);
}

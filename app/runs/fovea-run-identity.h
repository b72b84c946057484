#pragma once

#include "cnn.h"

G_BEGIN_DECLS

/**
 * FoveaRunStore:
 *
 * The runs of a user with all that they found, in one SQLite file, which any
 * number of programs may have open. What was written stays, however the program
 * ends. Its methods read and write files: call them in a thread. A store belongs
 * to one thread at a time.
 */
typedef struct _FoveaRunStore FoveaRunStore;

/**
 * FoveaRunIdentity:
 * @model: SHA-256 of the model's file, in hexadecimal
 * @dataset: SHA-256 over the names, sizes and labels of the pictures
 * @key: everything that decides a picture's result, in one line: runs with the
 *   same key find the same bits
 *
 * What tells runs apart, wherever model and pictures lie and whatever the files
 * are called.
 */
typedef struct
{
  char *model;
  char *dataset;
  char *key;
} FoveaRunIdentity;

/**
 * FoveaStamp:
 * @bytes: the file's size
 * @modified: when it was written last, in nanoseconds since 1970
 * @crc: CRC-32 of its bytes
 *
 * What a picture's file was like when it was looked at.
 */
typedef struct
{
  gint64 bytes;
  gint64 modified;
  guint32 crc;
} FoveaStamp;

FoveaRunIdentity *fovea_run_identity_new  (FoveaRunStore         *store,
                                           CnnDataset            *dataset,
                                           GFile                 *model,
                                           const CnnRunSettings  *settings,
                                           GCancellable          *cancellable,
                                           GError               **error);
void              fovea_run_identity_free (FoveaRunIdentity      *self);

gboolean          fovea_stamp_read        (FoveaStamp            *self,
                                           const char            *path);
gboolean          fovea_stamp_is_current  (const FoveaStamp      *self,
                                           const char            *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRunIdentity, fovea_run_identity_free)

G_END_DECLS

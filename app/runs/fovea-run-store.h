#pragma once

#include "fovea-run-identity.h"

G_BEGIN_DECLS

/**
 * FoveaStoredRun:
 * @id: its number in the store
 * @name: what people call it
 * @created: when it was started, in seconds since 1970
 * @model: (nullable): the model's file
 * @network: what the network is called
 * @dataset: (nullable): the data set's folder
 * @preset: how pictures were prepared
 * @crops: which crops were taken
 * @shard: which part of the pictures it looks at, from 0
 * @n_shards: how many parts there are; 1 for a run that looks at all of them
 * @summary: its figures so far
 * @is_running: whether somebody works on it right now
 * @is_deleted: whether it can be restored for a while
 *
 * A line of the list of runs.
 */
typedef struct
{
  gint64 id;
  char *name;
  gint64 created;
  char *model;
  char *network;
  char *dataset;
  char *preset;
  char *crops;
  guint shard;
  guint n_shards;
  CnnRunSummary summary;
  gboolean is_running;
  gboolean is_deleted;
} FoveaStoredRun;

/**
 * FoveaRunPart:
 * @store: where it is
 * @id: its number there
 *
 * A part of a divided run.
 */
typedef struct
{
  FoveaRunStore *store;
  gint64 id;
} FoveaRunPart;

/* The number of no run. */
#define FOVEA_NO_RUN 0

char          *fovea_run_store_dup_default_path (void);
FoveaRunStore *fovea_run_store_open       (const char              *path,
                                           GError                 **error);
void           fovea_run_store_close      (FoveaRunStore           *self);
const char    *fovea_run_store_get_path   (FoveaRunStore           *self);
const char    *fovea_run_store_get_aside  (FoveaRunStore           *self);

gboolean       fovea_run_store_create     (FoveaRunStore           *self,
                                           CnnRun                  *run,
                                           const FoveaRunIdentity  *identity,
                                           gint64                  *id,
                                           GError                 **error);
gboolean       fovea_run_store_write      (FoveaRunStore           *self,
                                           gint64                   id,
                                           const CnnSampleResult   *results,
                                           const char *const       *files,
                                           const FoveaStamp        *stamps,
                                           guint                    n_results,
                                           const CnnRunSummary     *summary,
                                           GError                 **error);
gboolean       fovea_run_store_find       (FoveaRunStore           *self,
                                           const FoveaRunIdentity  *identity,
                                           const CnnRunSettings    *settings,
                                           gint64                  *id,
                                           GError                 **error);
gboolean       fovea_run_store_restore    (FoveaRunStore           *self,
                                           gint64                   id,
                                           CnnRun                  *run,
                                           CnnDataset              *dataset,
                                           GError                 **error);
CnnRun        *fovea_run_store_load       (FoveaRunStore           *self,
                                           gint64                   id,
                                           GError                 **error);
GPtrArray     *fovea_run_store_list       (FoveaRunStore           *self,
                                           gboolean                 deleted,
                                           GError                 **error);
gboolean       fovea_run_store_rename     (FoveaRunStore           *self,
                                           gint64                   id,
                                           const char              *name,
                                           GError                 **error);
gboolean       fovea_run_store_set_deleted (FoveaRunStore          *self,
                                           gint64                   id,
                                           gboolean                 deleted,
                                           GError                 **error);
gboolean       fovea_run_store_merge      (FoveaRunStore           *self,
                                           const FoveaRunPart      *parts,
                                           guint                    n_parts,
                                           gint64                  *id,
                                           GError                 **error);

gboolean       fovea_run_store_lock       (FoveaRunStore           *self,
                                           gint64                   id,
                                           GError                 **error);
void           fovea_run_store_unlock     (FoveaRunStore           *self,
                                           gint64                   id);

void           fovea_stored_run_free      (FoveaStoredRun          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaRunStore, fovea_run_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStoredRun, fovea_stored_run_free)

G_END_DECLS

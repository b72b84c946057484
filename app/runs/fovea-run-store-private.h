#pragma once

#include "fovea-database.h"
#include "fovea-run-store.h"

G_BEGIN_DECLS

struct _FoveaRunStore
{
  char *path;
  char *aside;                  /* where a damaged file was put, or NULL */
  FoveaDatabase *database;
  int lock_fd;
};

char     *fovea_run_store_dup_digest      (FoveaRunStore     *self,
                                           const char        *path,
                                           const FoveaStamp  *stamp);
void      fovea_run_store_remember_digest (FoveaRunStore     *self,
                                           const char        *path,
                                           const FoveaStamp  *stamp,
                                           const char        *digest);
gboolean  fovea_run_store_is_locked       (FoveaRunStore     *self,
                                           gint64             id);

/* Reading results: rows of `results` in the order of the pictures. */
FoveaStatement *fovea_run_store_select_results (FoveaRunStore    *self,
                                                gint64            id,
                                                GError          **error);
void            fovea_run_store_read_result    (FoveaStatement   *row,
                                                CnnSampleResult  *result,
                                                const char      **file,
                                                FoveaStamp       *stamp);
double          fovea_run_store_read_seconds   (FoveaRunStore    *self,
                                                gint64            id);
gboolean        fovea_run_store_set_damaged    (FoveaRunStore    *self,
                                                gint64            id,
                                                const char       *problem,
                                                GError          **error);

G_END_DECLS

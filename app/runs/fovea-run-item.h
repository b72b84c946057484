#pragma once

#include "fovea-run-store.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_RUN_ITEM (fovea_run_item_get_type ())

/**
 * FoveaRunItem:
 *
 * A line of the list of runs, for list models. Immutable.
 */
G_DECLARE_FINAL_TYPE (FoveaRunItem, fovea_run_item, FOVEA, RUN_ITEM, GObject)

FoveaRunItem         *fovea_run_item_new (FoveaStoredRun *stored);
const FoveaStoredRun *fovea_run_item_get (FoveaRunItem   *self);

G_END_DECLS

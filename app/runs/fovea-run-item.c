#include "fovea-run-item.h"

struct _FoveaRunItem
{
  GObject parent_instance;

  FoveaStoredRun *stored;
};

G_DEFINE_FINAL_TYPE (FoveaRunItem, fovea_run_item, G_TYPE_OBJECT)

static void
fovea_run_item_finalize (GObject *object)
{
  fovea_stored_run_free (FOVEA_RUN_ITEM (object)->stored);

  G_OBJECT_CLASS (fovea_run_item_parent_class)->finalize (object);
}

static void
fovea_run_item_class_init (FoveaRunItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fovea_run_item_finalize;
}

static void
fovea_run_item_init (FoveaRunItem *self)
{
}

/**
 * fovea_run_item_new:
 * @stored: (transfer full): what the store says of the run
 *
 * Returns: (transfer full): an item
 */
FoveaRunItem *
fovea_run_item_new (FoveaStoredRun *stored)
{
  FoveaRunItem *self = g_object_new (FOVEA_TYPE_RUN_ITEM, NULL);

  self->stored = stored;

  return self;
}

const FoveaStoredRun *
fovea_run_item_get (FoveaRunItem *self)
{
  return self->stored;
}

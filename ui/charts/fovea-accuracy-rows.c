#define G_LOG_DOMAIN "fovea-accuracy-rows"

#include "fovea-accuracy-rows.h"

#include <math.h>
#include <string.h>

/* Of a row, or of a share: what nobody sees. */
#define SETTLED 0.002

G_DEFINE_ENUM_TYPE (FoveaClassOrder, fovea_class_order,
                    G_DEFINE_ENUM_VALUE (FOVEA_CLASS_ORDER_INDEX, "index"),
                    G_DEFINE_ENUM_VALUE (FOVEA_CLASS_ORDER_NAME, "name"),
                    G_DEFINE_ENUM_VALUE (FOVEA_CLASS_ORDER_BEST, "best"),
                    G_DEFINE_ENUM_VALUE (FOVEA_CLASS_ORDER_WORST, "worst"),
                    G_DEFINE_ENUM_VALUE (FOVEA_CLASS_ORDER_COUNT, "count"))

struct _FoveaAccuracyRows
{
  FoveaAccuracyRowsFunc changed;
  gpointer user_data;
  FoveaClassOrder order;
  gboolean stale;

  /* Owned References */
  GListModel *model;
  char *search;
  char *needle;                         /* casefolded, or NULL */
  GPtrArray *entries;                   /* all, as in the model */
  GPtrArray *rows;                      /* those that the search leaves, in order */
};

static void
entry_free (gpointer data)
{
  FoveaAccuracyEntry *entry = data;

  g_signal_handler_disconnect (entry->statistics, entry->handler);
  g_object_unref (entry->statistics);
  g_free (entry->haystack);
  g_free (entry);
}

static void
entry_notify_cb (CnnClassStatistics *statistics,
                 GParamSpec         *pspec,
                 gpointer            user_data)
{
  FoveaAccuracyEntry *entry = user_data;
  FoveaAccuracyRows *self = entry->rows;

  entry->stale = TRUE;
  self->stale = TRUE;
  if (self->changed != NULL)
    self->changed (FALSE, self->user_data);
}

static FoveaAccuracyEntry *
entry_new (FoveaAccuracyRows  *rows,
           CnnClassStatistics *statistics)
{
  const char *name = cnn_class_statistics_get_name (statistics);
  const char *wnid = cnn_class_statistics_get_wnid (statistics);
  g_autofree char *text = g_strdup_printf ("%u %s %s", cnn_class_statistics_get_index (statistics),
                                           wnid != NULL ? wnid : "", name != NULL ? name : "");
  FoveaAccuracyEntry *entry = g_new0 (FoveaAccuracyEntry, 1);

  entry->rows = rows;
  entry->statistics = g_object_ref (statistics);
  entry->haystack = g_utf8_casefold (text, -1);
  entry->handler = g_signal_connect (statistics, "notify", G_CALLBACK (entry_notify_cb), entry);
  fovea_accuracy_row_init (&entry->target, statistics, 0);
  entry->shown = entry->target;

  return entry;
}

static int
compare_numbers (double a,
                 double b)
{
  return a < b ? -1 : a > b;
}

static int
compare_accuracy (const FoveaAccuracyRow *first,
                  const FoveaAccuracyRow *second,
                  gboolean                best_first)
{
  int result = (first->total == 0) - (second->total == 0);

  if (result == 0)
    result = best_first ? compare_numbers (second->accuracy, first->accuracy)
                        : compare_numbers (first->accuracy, second->accuracy);
  if (result == 0)
    result = compare_numbers (second->total, first->total);

  return result;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const FoveaAccuracyRow *first = &(*(FoveaAccuracyEntry *const *) a)->target;
  const FoveaAccuracyRow *second = &(*(FoveaAccuracyEntry *const *) b)->target;
  FoveaClassOrder order = *(FoveaClassOrder *) user_data;
  int result = 0;

  switch (order)
    {
    case FOVEA_CLASS_ORDER_NAME:
      result = g_utf8_collate (first->name != NULL ? first->name : "",
                               second->name != NULL ? second->name : "");
      break;
    case FOVEA_CLASS_ORDER_BEST:
    case FOVEA_CLASS_ORDER_WORST:
      result = compare_accuracy (first, second, order == FOVEA_CLASS_ORDER_BEST);
      break;
    case FOVEA_CLASS_ORDER_COUNT:
      result = compare_numbers (second->total, first->total);
      break;
    case FOVEA_CLASS_ORDER_INDEX:
      break;
    }

  return result != 0 ? result : compare_numbers (first->index, second->index);
}

static void
items_changed_cb (FoveaAccuracyRows *self)
{
  guint n_items = self->model != NULL ? g_list_model_get_n_items (self->model) : 0;

  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->entries, 0);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (self->model, i);

      g_ptr_array_add (self->entries, entry_new (self, statistics));
    }

  self->stale = TRUE;
  if (self->changed != NULL)
    self->changed (TRUE, self->user_data);
}

/**
 * fovea_accuracy_rows_new:
 * @changed: (nullable): called whenever figures have changed, maybe many times in a row
 * @user_data: given to @changed
 *
 * Returns: (transfer full): new rows, of no classes
 */
FoveaAccuracyRows *
fovea_accuracy_rows_new (FoveaAccuracyRowsFunc changed,
                         gpointer              user_data)
{
  FoveaAccuracyRows *self = g_new0 (FoveaAccuracyRows, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->rows = g_ptr_array_new ();

  return self;
}

void
fovea_accuracy_rows_free (FoveaAccuracyRows *self)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
  g_clear_object (&self->model);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->entries);
  g_free (self->search);
  g_free (self->needle);
  g_free (self);
}

GListModel *
fovea_accuracy_rows_get_model (FoveaAccuracyRows *self)
{
  return self->model;
}

/**
 * fovea_accuracy_rows_set_model:
 * @self: rows
 * @model: (nullable): a model of [class@Cnn.ClassStatistics], which may change
 *   at any time
 *
 * Sets which classes there are.
 */
void
fovea_accuracy_rows_set_model (FoveaAccuracyRows *self,
                               GListModel        *model)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
  g_set_object (&self->model, model);
  if (model != NULL)
    g_signal_connect_swapped (model, "items-changed", G_CALLBACK (items_changed_cb), self);

  items_changed_cb (self);
}

FoveaClassOrder
fovea_accuracy_rows_get_order (FoveaAccuracyRows *self)
{
  return self->order;
}

void
fovea_accuracy_rows_set_order (FoveaAccuracyRows *self,
                               FoveaClassOrder    order)
{
  self->order = order;
  self->stale = TRUE;
}

const char *
fovea_accuracy_rows_get_search (FoveaAccuracyRows *self)
{
  return self->search;
}

/**
 * fovea_accuracy_rows_set_search:
 * @self: rows
 * @search: (nullable): a part of a name, WordNet id or index
 *
 * Leaves only the classes in which @search is found, whatever its case.
 */
void
fovea_accuracy_rows_set_search (FoveaAccuracyRows *self,
                                const char        *search)
{
  g_free (self->search);
  self->search = g_strdup (search);
  g_free (self->needle);
  self->needle = search != NULL ? g_utf8_casefold (search, -1) : NULL;
  self->stale = TRUE;
}

/**
 * fovea_accuracy_rows_is_stale:
 * @self: rows
 *
 * Returns: whether something has changed since the last update
 */
gboolean
fovea_accuracy_rows_is_stale (FoveaAccuracyRows *self)
{
  return self->stale;
}

/**
 * fovea_accuracy_rows_update:
 * @self: rows
 *
 * Takes the figures that have changed, searches and sorts.
 *
 * Returns: whether anything had changed
 */
gboolean
fovea_accuracy_rows_update (FoveaAccuracyRows *self)
{
  if (!self->stale)
    return FALSE;

  self->stale = FALSE;
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->entries->len; i++)
    {
      FoveaAccuracyEntry *entry = self->entries->pdata[i];

      if (entry->stale)
        fovea_accuracy_row_init (&entry->target, entry->statistics, entry->target.place);
      entry->stale = FALSE;
      if (self->needle == NULL || strstr (entry->haystack, self->needle) != NULL)
        g_ptr_array_add (self->rows, entry);
    }

  g_ptr_array_sort_with_data (self->rows, compare_entries, &self->order);
  for (guint i = 0; i < self->rows->len; i++)
    ((FoveaAccuracyEntry *) self->rows->pdata[i])->target.place = i;

  return TRUE;
}

static gboolean
glide (double *value,
       double  target,
       double  part)
{
  *value += (target - *value) * part;
  if (fabs (target - *value) > SETTLED)
    return TRUE;

  *value = target;

  return FALSE;
}

/**
 * fovea_accuracy_rows_glide:
 * @self: rows
 * @part: which part of the way to go, up to 1, which is all of it
 *
 * Brings all rows nearer to where they are to be.
 *
 * Returns: whether there is a way left
 */
gboolean
fovea_accuracy_rows_glide (FoveaAccuracyRows *self,
                           double             part)
{
  gboolean moving = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    {
      FoveaAccuracyEntry *entry = self->rows->pdata[i];
      FoveaAccuracyRow *shown = &entry->shown;
      const FoveaAccuracyRow *target = &entry->target;

      shown->total = target->total;
      shown->correct = target->correct;
      moving |= glide (&shown->accuracy, target->accuracy, part);
      moving |= glide (&shown->top5, target->top5, part);
      moving |= glide (&shown->low, target->low, part);
      moving |= glide (&shown->high, target->high, part);
      moving |= glide (&shown->place, target->place, part);
    }

  return moving;
}

/**
 * fovea_accuracy_rows_get_size:
 * @self: rows
 *
 * Returns: how many classes the search left at the last update
 */
guint
fovea_accuracy_rows_get_size (FoveaAccuracyRows *self)
{
  return self->rows->len;
}

/**
 * fovea_accuracy_rows_get_entry:
 * @self: rows
 * @row: a row, counted from the top
 *
 * Returns: (transfer none): the class in this row
 */
FoveaAccuracyEntry *
fovea_accuracy_rows_get_entry (FoveaAccuracyRows *self,
                               guint              row)
{
  g_return_val_if_fail (row < self->rows->len, NULL);

  return self->rows->pdata[row];
}

#define G_LOG_DOMAIN "fovea-sizes-lesson"

#include "fovea-sizes-lesson.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fovea-columns-layout.h"
#include "fovea-format.h"
#include "fovea-sizes-drawing.h"
#include "fovea-spin-row.h"

struct _FoveaSizesLesson
{
  GtkWidget parent_instance;

  /* Template Widgets */
  FoveaSizesDrawing *drawing;
  GtkWidget *problem_box;
  GtkLabel *problem_label;
  FoveaSpinRow *input_size_row;
  FoveaSpinRow *channels_row;
  FoveaSpinRow *filters_row;
  FoveaSpinRow *kernel_row;
  FoveaSpinRow *stride_row;
  FoveaSpinRow *padding_row;
  FoveaSpinRow *pool_kernel_row;
  FoveaSpinRow *pool_stride_row;
  AdwPreferencesGroup *sizes_group;
  AdwPreferencesGroup *counts_group;

  /* Borrowed References: rows of the groups, and the labels in them */
  AdwActionRow *rows[CNN_SIZES_N_QUANTITIES];
  GtkLabel *results[CNN_SIZES_N_QUANTITIES];

  /* Set while several settings change, so that the lesson is solved once. */
  gboolean setting;
};

G_DEFINE_FINAL_TYPE (FoveaSizesLesson, fovea_sizes_lesson, GTK_TYPE_WIDGET)

/* Why settings are impossible, in words that say what to do about it. */
static char *
explain (const CnnSizesLesson *lesson,
         const GError         *error)
{
  guint padded = lesson->input_size + 2 * lesson->padding;
  guint conv_size;

  if (lesson->kernel > padded)
    return g_strdup_printf (_("A kernel of %u × %u does not fit into the padded input of %u × %u. "
                              "Choose a smaller kernel, a larger input or more padding."),
                            lesson->kernel, lesson->kernel, padded, padded);

  conv_size = (padded - lesson->kernel) / lesson->stride + 1;
  if (lesson->pool_kernel > conv_size)
    return g_strdup_printf (_("A pooling window of %u × %u does not fit into the convolution’s output of %u × %u. "
                              "Choose a smaller window, or a smaller stride of the convolution."),
                            lesson->pool_kernel, lesson->pool_kernel, conv_size, conv_size);

  return g_strdup (error->message);
}

static char *
format_result (const CnnSizesLesson *lesson,
               const CnnSizesAnswer *answer,
               CnnSizesQuantity      quantity)
{
  guint64 value = cnn_sizes_answer_get (answer, quantity);

  if (quantity == CNN_SIZES_CONV_SIZE || quantity == CNN_SIZES_POOL_SIZE)
    return g_strdup_printf ("%u × %u × %u", (guint) value, (guint) value, lesson->filters);

  return fovea_format_count (value);
}

/* The formula, and below it with the numbers; what they come to stands at the
 * end of the row. */
static char *
format_working (const CnnSizesLesson *lesson,
                const CnnSizesAnswer *answer,
                CnnSizesQuantity      quantity)
{
  const char *formula = cnn_sizes_quantity_get_formula (quantity);
  g_autofree char *working = NULL;
  char *equals;

  if (quantity == CNN_SIZES_TOTAL)
    {
      g_autofree char *multiplications = fovea_format_count (answer->multiplications);
      g_autofree char *additions = fovea_format_count (answer->additions);
      g_autofree char *comparisons = fovea_format_count (answer->comparisons);

      return g_strjoin (" + ", multiplications, additions, comparisons, NULL);
    }

  working = cnn_sizes_lesson_dup_working (lesson, answer, quantity);
  equals = g_strrstr (working, " = ");
  if (equals != NULL)
    *equals = '\0';

  return g_strjoin ("\n", formula, working, NULL);
}

static void
show_answer (FoveaSizesLesson     *self,
             const CnnSizesLesson *lesson,
             const CnnSizesAnswer *answer)
{
  for (CnnSizesQuantity quantity = 0; quantity < CNN_SIZES_N_QUANTITIES; quantity++)
    {
      g_autofree char *result = NULL;
      g_autofree char *working = NULL;

      if (answer != NULL)
        {
          result = format_result (lesson, answer, quantity);
          working = format_working (lesson, answer, quantity);
        }

      gtk_label_set_text (self->results[quantity], result != NULL ? result : "–");
      adw_action_row_set_subtitle (self->rows[quantity],
                                   working != NULL ? working : cnn_sizes_quantity_get_formula (quantity));
    }
}

static void
solve_cb (FoveaSizesLesson *self)
{
  g_autoptr (GError) error = NULL;
  CnnSizesLesson lesson;
  CnnSizesAnswer answer;
  gboolean possible;

  if (self->setting)
    return;

  fovea_sizes_lesson_get_settings (self, &lesson);
  possible = cnn_sizes_lesson_solve (&lesson, &answer, &error);

  if (!possible)
    {
      g_autofree char *problem = explain (&lesson, error);

      gtk_label_set_text (self->problem_label, problem);
    }

  gtk_widget_set_visible (self->problem_box, !possible);
  fovea_sizes_drawing_set (self->drawing, &lesson, possible ? &answer : NULL);
  show_answer (self, &lesson, possible ? &answer : NULL);
}

static void
reset_cb (FoveaSizesLesson *self)
{
  CnnSizesLesson lesson;

  cnn_sizes_lesson_init (&lesson);
  fovea_sizes_lesson_set_settings (self, &lesson);
}

static void
add_result (FoveaSizesLesson    *self,
            AdwPreferencesGroup *group,
            CnnSizesQuantity     quantity,
            const char          *title)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *result = gtk_label_new (NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);

  gtk_label_set_selectable (GTK_LABEL (result), TRUE);
  gtk_widget_add_css_class (result, "result");
  gtk_widget_add_css_class (result, "numeric");
  if (quantity == CNN_SIZES_TOTAL)
    gtk_widget_add_css_class (row, "total");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), result);
  adw_preferences_group_add (group, row);

  self->rows[quantity] = ADW_ACTION_ROW (row);
  self->results[quantity] = GTK_LABEL (result);
}

static void
fovea_sizes_lesson_dispose (GObject *object)
{
  FoveaSizesLesson *self = FOVEA_SIZES_LESSON (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fovea_sizes_lesson_parent_class)->dispose (object);
}

static void
fovea_sizes_lesson_class_init (FoveaSizesLessonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fovea_sizes_lesson_dispose;

  g_type_ensure (FOVEA_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (FOVEA_TYPE_SIZES_DRAWING);
  g_type_ensure (FOVEA_TYPE_SPIN_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-sizes-lesson.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, drawing);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, problem_box);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, problem_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, input_size_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, channels_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, filters_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, kernel_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, stride_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, padding_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, pool_kernel_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, pool_stride_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, sizes_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaSizesLesson, counts_group);
  gtk_widget_class_bind_template_callback (widget_class, solve_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);

  gtk_widget_class_set_css_name (widget_class, "fovea-sizes-lesson");
}

static void
fovea_sizes_lesson_init (FoveaSizesLesson *self)
{
  /* Rows notify while the template sets their limits. */
  self->setting = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->setting = FALSE;

  add_result (self, self->sizes_group, CNN_SIZES_CONV_SIZE, _("Convolution"));
  add_result (self, self->sizes_group, CNN_SIZES_POOL_SIZE, _("Max pooling"));
  add_result (self, self->counts_group, CNN_SIZES_MULTIPLICATIONS, _("Multiplications"));
  add_result (self, self->counts_group, CNN_SIZES_ADDITIONS, _("Additions"));
  add_result (self, self->counts_group, CNN_SIZES_COMPARISONS, _("Comparisons"));
  add_result (self, self->counts_group, CNN_SIZES_TOTAL, _("Total"));

  reset_cb (self);
}

/**
 * fovea_sizes_lesson_new:
 *
 * Returns: (transfer floating): the lesson, with the homework's numbers
 */
GtkWidget *
fovea_sizes_lesson_new (void)
{
  return g_object_new (FOVEA_TYPE_SIZES_LESSON, NULL);
}

/**
 * fovea_sizes_lesson_get_settings:
 * @settings: (out caller-allocates): the settings
 *
 * Gets what is set, be it possible or not.
 */
void
fovea_sizes_lesson_get_settings (FoveaSizesLesson *self,
                                 CnnSizesLesson   *settings)
{
  g_return_if_fail (FOVEA_IS_SIZES_LESSON (self));
  g_return_if_fail (settings != NULL);

  *settings = (CnnSizesLesson) {
    .input_size = fovea_spin_row_get_value (self->input_size_row),
    .channels = fovea_spin_row_get_value (self->channels_row),
    .filters = fovea_spin_row_get_value (self->filters_row),
    .kernel = fovea_spin_row_get_value (self->kernel_row),
    .stride = fovea_spin_row_get_value (self->stride_row),
    .padding = fovea_spin_row_get_value (self->padding_row),
    .pool_kernel = fovea_spin_row_get_value (self->pool_kernel_row),
    .pool_stride = fovea_spin_row_get_value (self->pool_stride_row),
  };
}

/**
 * fovea_sizes_lesson_set_settings:
 * @settings: the settings
 *
 * Sets everything at once. What the rows do not allow is brought to the nearest
 * that they do.
 */
void
fovea_sizes_lesson_set_settings (FoveaSizesLesson     *self,
                                 const CnnSizesLesson *settings)
{
  g_return_if_fail (FOVEA_IS_SIZES_LESSON (self));
  g_return_if_fail (settings != NULL);

  self->setting = TRUE;
  fovea_spin_row_set_value (self->input_size_row, settings->input_size);
  fovea_spin_row_set_value (self->channels_row, settings->channels);
  fovea_spin_row_set_value (self->filters_row, settings->filters);
  fovea_spin_row_set_value (self->kernel_row, settings->kernel);
  fovea_spin_row_set_value (self->stride_row, settings->stride);
  fovea_spin_row_set_value (self->padding_row, settings->padding);
  fovea_spin_row_set_value (self->pool_kernel_row, settings->pool_kernel);
  fovea_spin_row_set_value (self->pool_stride_row, settings->pool_stride);
  self->setting = FALSE;

  solve_cb (self);
}

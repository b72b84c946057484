#define G_LOG_DOMAIN "fovea-backprop-lesson"

#include "fovea-backprop-lesson.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "fovea-backprop-drawing.h"
#include "fovea-columns-layout.h"
#include "fovea-formula.h"
#include "fovea-gradient-row.h"
#include "fovea-point-row.h"
#include "fovea-weight-row.h"

struct _FoveaBackpropLesson
{
  GtkWidget parent_instance;

  /* Template Widgets */
  FoveaBackpropDrawing *drawing;
  AdwPreferencesGroup *weights_group;
  AdwPreferencesGroup *points_group;
  AdwPreferencesGroup *gradients_group;
  GtkWidget *add_button;
  GtkLabel *error_formula_label;
  GtkLabel *error_label;
  GtkLabel *check_label;

  /* Borrowed References: rows of the groups */
  FoveaWeightRow *weight_rows[CNN_N_WEIGHTS];
  FoveaGradientRow *gradient_rows[CNN_N_WEIGHTS];
  GPtrArray *point_rows;

  /* Set while several numbers change, so that the lesson is solved once. */
  gboolean setting;
};

G_DEFINE_FINAL_TYPE (FoveaBackpropLesson, fovea_backprop_lesson, GTK_TYPE_WIDGET)

static guint
get_chosen (FoveaBackpropLesson *self)
{
  for (guint i = 0; i < self->point_rows->len; i++)
    if (fovea_point_row_get_chosen (g_ptr_array_index (self->point_rows, i)))
      return i;

  return 0;
}

static void
show_gradients (FoveaBackpropLesson     *self,
                const double             weights[CNN_N_WEIGHTS],
                const CnnBackpropPoint  *point,
                const CnnBackpropAnswer *answer)
{
  guint number = get_chosen (self) + 1;

  for (CnnBackpropWeight weight = 0; weight < CNN_N_WEIGHTS; weight++)
    {
      g_autofree char *working = cnn_backprop_dup_working (weights, point, weight);
      g_autofree char *text = g_strdup_printf (_("Point %u adds %s"), number, working);

      fovea_gradient_row_set (self->gradient_rows[weight],
                              answer->gradient[weight], answer->numeric[weight], text);
    }
}

static void
solve_cb (FoveaBackpropLesson *self)
{
  g_autofree CnnBackpropPoint *points = NULL;
  g_autofree char *error = NULL;
  g_autofree char *step = NULL;
  g_autofree char *check = NULL;
  double weights[CNN_N_WEIGHTS];
  CnnBackpropAnswer answer;
  guint n_points, chosen;

  if (self->setting)
    return;

  fovea_backprop_lesson_get_weights (self, weights);
  points = fovea_backprop_lesson_dup_points (self, &n_points);
  chosen = get_chosen (self);
  cnn_backprop_solve (weights, points, n_points, &answer);

  fovea_backprop_drawing_set (self->drawing, weights, &points[chosen], &answer);
  show_gradients (self, weights, &points[chosen], &answer);

  error = fovea_formula_format_number (answer.error, 6);
  gtk_label_set_text (self->error_label, error);

  step = fovea_formula_format_number (answer.step, 2);
  check = g_strdup_printf (_("Numeric: (E(w + ε) − E(w − ε)) / 2ε with ε = %s. "
                             "It knows nothing of the chain rule, so that the two check each other."), step);
  gtk_label_set_text (self->check_label, check);
}

/* Points */

static void
update_point_rows (FoveaBackpropLesson *self)
{
  for (guint i = 0; i < self->point_rows->len; i++)
    {
      FoveaPointRow *row = g_ptr_array_index (self->point_rows, i);

      fovea_point_row_set_number (row, i + 1);
      fovea_point_row_set_removable (row, self->point_rows->len > 1);
    }

  gtk_widget_set_sensitive (self->add_button, self->point_rows->len < FOVEA_BACKPROP_MAX_POINTS);
}

/* Whose numbers are being changed is shown. */
static void
point_changed_cb (FoveaBackpropLesson *self,
                  FoveaPointRow       *row)
{
  fovea_point_row_set_chosen (row, TRUE);
  solve_cb (self);
}

static void
remove_cb (FoveaBackpropLesson *self,
           FoveaPointRow       *row)
{
  gboolean was_chosen = fovea_point_row_get_chosen (row);
  guint position;

  if (!g_ptr_array_find (self->point_rows, row, &position))
    return;

  g_ptr_array_remove_index (self->point_rows, position);
  adw_preferences_group_remove (self->points_group, GTK_WIDGET (row));

  if (was_chosen)
    fovea_point_row_set_chosen (g_ptr_array_index (self->point_rows,
                                                   MIN (position, self->point_rows->len - 1)),
                                TRUE);
  update_point_rows (self);
  solve_cb (self);
}

static FoveaPointRow *
add_point_row (FoveaBackpropLesson    *self,
               const CnnBackpropPoint *point)
{
  FoveaPointRow *group = self->point_rows->len > 0 ? g_ptr_array_index (self->point_rows, 0) : NULL;
  GtkWidget *row = fovea_point_row_new (group, point);

  g_signal_connect_object (row, "changed", G_CALLBACK (point_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "chosen", G_CALLBACK (solve_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->points_group, row);
  g_ptr_array_add (self->point_rows, row);

  return FOVEA_POINT_ROW (row);
}

static void
add_cb (FoveaBackpropLesson *self)
{
  const CnnBackpropPoint point = { 1, 0.5, 0.5 };
  FoveaPointRow *row = add_point_row (self, &point);

  update_point_rows (self);
  fovea_point_row_set_chosen (row, TRUE);
}

/* Buttons */

static void
step_cb (FoveaBackpropLesson *self)
{
  g_autofree CnnBackpropPoint *points = NULL;
  double weights[CNN_N_WEIGHTS];
  CnnBackpropAnswer answer;
  guint n_points;

  fovea_backprop_lesson_get_weights (self, weights);
  points = fovea_backprop_lesson_dup_points (self, &n_points);
  cnn_backprop_solve (weights, points, n_points, &answer);

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    weights[i] -= answer.gradient[i];

  fovea_backprop_lesson_set_weights (self, weights);
}

static void
reset_cb (FoveaBackpropLesson *self)
{
  const CnnBackpropPoint *points;
  double weights[CNN_N_WEIGHTS];
  guint n_points;

  cnn_backprop_get_default_weights (weights);
  points = cnn_backprop_get_default_data (&n_points);
  fovea_backprop_lesson_set_weights (self, weights);
  fovea_backprop_lesson_set_points (self, points, n_points);
}

static void
fovea_backprop_lesson_dispose (GObject *object)
{
  FoveaBackpropLesson *self = FOVEA_BACKPROP_LESSON (object);
  GtkWidget *child;

  self->setting = TRUE;
  g_ptr_array_set_size (self->point_rows, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (fovea_backprop_lesson_parent_class)->dispose (object);
}

static void
fovea_backprop_lesson_finalize (GObject *object)
{
  FoveaBackpropLesson *self = FOVEA_BACKPROP_LESSON (object);

  g_ptr_array_unref (self->point_rows);

  G_OBJECT_CLASS (fovea_backprop_lesson_parent_class)->finalize (object);
}

static void
fovea_backprop_lesson_class_init (FoveaBackpropLessonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fovea_backprop_lesson_dispose;
  object_class->finalize = fovea_backprop_lesson_finalize;

  g_type_ensure (FOVEA_TYPE_BACKPROP_DRAWING);
  g_type_ensure (FOVEA_TYPE_COLUMNS_LAYOUT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-backprop-lesson.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, drawing);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, weights_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, points_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, gradients_group);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, add_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, error_formula_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, error_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaBackpropLesson, check_label);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, step_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);

  gtk_widget_class_set_css_name (widget_class, "fovea-backprop-lesson");
}

static void
fovea_backprop_lesson_init (FoveaBackpropLesson *self)
{
  g_autofree char *formula = fovea_formula_to_markup ("Σ (z2 − y2)² + (z3 − y3)²");
  g_autofree char *markup = g_strdup_printf ("<b>E</b> = %s", formula);

  self->point_rows = g_ptr_array_new ();
  self->setting = TRUE;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_markup (self->error_formula_label, markup);

  for (CnnBackpropWeight weight = 0; weight < CNN_N_WEIGHTS; weight++)
    {
      const char *name = cnn_backprop_weight_get_name (weight);
      GtkWidget *weight_row = fovea_weight_row_new (name);
      GtkWidget *gradient_row = fovea_gradient_row_new (name, cnn_backprop_weight_get_formula (weight));

      g_signal_connect_object (weight_row, "notify::value", G_CALLBACK (solve_cb), self, G_CONNECT_SWAPPED);
      adw_preferences_group_add (self->weights_group, weight_row);
      adw_preferences_group_add (self->gradients_group, gradient_row);
      self->weight_rows[weight] = FOVEA_WEIGHT_ROW (weight_row);
      self->gradient_rows[weight] = FOVEA_GRADIENT_ROW (gradient_row);
    }

  reset_cb (self);
}

/**
 * fovea_backprop_lesson_new:
 *
 * Returns: (transfer floating): the lesson, with its own numbers
 */
GtkWidget *
fovea_backprop_lesson_new (void)
{
  return g_object_new (FOVEA_TYPE_BACKPROP_LESSON, NULL);
}

/**
 * fovea_backprop_lesson_get_weights:
 * @weights: (out caller-allocates) (array fixed-size=3): the weights
 */
void
fovea_backprop_lesson_get_weights (FoveaBackpropLesson *self,
                                   double               weights[CNN_N_WEIGHTS])
{
  g_return_if_fail (FOVEA_IS_BACKPROP_LESSON (self));

  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    weights[i] = fovea_weight_row_get_value (self->weight_rows[i]);
}

/**
 * fovea_backprop_lesson_set_weights:
 * @weights: (array fixed-size=3): the weights
 *
 * Sets the weights; those that the sliders do not reach are brought to their
 * ends.
 */
void
fovea_backprop_lesson_set_weights (FoveaBackpropLesson *self,
                                   const double         weights[CNN_N_WEIGHTS])
{
  g_return_if_fail (FOVEA_IS_BACKPROP_LESSON (self));

  self->setting = TRUE;
  for (guint i = 0; i < CNN_N_WEIGHTS; i++)
    fovea_weight_row_set_value (self->weight_rows[i], weights[i]);
  self->setting = self->point_rows->len == 0;

  solve_cb (self);
}

/**
 * fovea_backprop_lesson_dup_points:
 * @n_points: (out): how many there are
 *
 * Returns: (transfer full) (array length=n_points): the data points
 */
CnnBackpropPoint *
fovea_backprop_lesson_dup_points (FoveaBackpropLesson *self,
                                  guint               *n_points)
{
  CnnBackpropPoint *points;

  g_return_val_if_fail (FOVEA_IS_BACKPROP_LESSON (self), NULL);

  points = g_new (CnnBackpropPoint, self->point_rows->len);
  for (guint i = 0; i < self->point_rows->len; i++)
    fovea_point_row_get_point (g_ptr_array_index (self->point_rows, i), &points[i]);
  *n_points = self->point_rows->len;

  return points;
}

/**
 * fovea_backprop_lesson_set_points:
 * @points: (array length=n_points): the data points
 * @n_points: how many, from 1 to %FOVEA_BACKPROP_MAX_POINTS
 *
 * Sets the data; the first point is chosen.
 */
void
fovea_backprop_lesson_set_points (FoveaBackpropLesson    *self,
                                  const CnnBackpropPoint *points,
                                  guint                   n_points)
{
  g_return_if_fail (FOVEA_IS_BACKPROP_LESSON (self));
  g_return_if_fail (n_points >= 1 && n_points <= FOVEA_BACKPROP_MAX_POINTS);

  self->setting = TRUE;
  for (guint i = 0; i < self->point_rows->len; i++)
    adw_preferences_group_remove (self->points_group, g_ptr_array_index (self->point_rows, i));
  g_ptr_array_set_size (self->point_rows, 0);

  for (guint i = 0; i < n_points; i++)
    add_point_row (self, &points[i]);
  fovea_point_row_set_chosen (g_ptr_array_index (self->point_rows, 0), TRUE);
  update_point_rows (self);
  self->setting = FALSE;

  solve_cb (self);
}

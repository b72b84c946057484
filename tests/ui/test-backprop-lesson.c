#include "fovea-ui.h"

#include <math.h>

#include "fovea-formula.h"
#include "fovea-gradient-row.h"
#include "fovea-point-row.h"
#include "fovea-weight-row.h"
#include "ui/ui-test.h"

static FoveaBackpropLesson *
new_lesson (void)
{
  return g_object_ref_sink (FOVEA_BACKPROP_LESSON (fovea_backprop_lesson_new ()));
}

/* Labels of a gradient's row, in the order of its template, captions included. */
enum { FORMULA, WORKING, GRADIENT = 3, NUMERIC = 5, DIFFERENCE = 7 };

static const char *
get_text (FoveaBackpropLesson *lesson,
          CnnBackpropWeight    weight,
          guint                nth)
{
  GtkWidget *row = ui_test_find (GTK_WIDGET (lesson), FOVEA_TYPE_GRADIENT_ROW, weight);

  return gtk_label_get_text (GTK_LABEL (ui_test_find (row, GTK_TYPE_LABEL, nth)));
}

static FoveaPointRow *
get_point_row (FoveaBackpropLesson *lesson,
               guint                nth)
{
  return FOVEA_POINT_ROW (ui_test_find (GTK_WIDGET (lesson), FOVEA_TYPE_POINT_ROW, nth));
}

static GtkEntry *
get_entry (FoveaBackpropLesson *lesson,
           guint                point,
           guint                nth)
{
  return GTK_ENTRY (ui_test_find (GTK_WIDGET (get_point_row (lesson, point)), GTK_TYPE_ENTRY, nth));
}

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label_or_icon)
{
  for (guint i = 0; ; i++)
    {
      GtkWidget *button = ui_test_find (widget, GTK_TYPE_BUTTON, i);

      g_assert_nonnull (button);
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label_or_icon) == 0 ||
          g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)), label_or_icon) == 0)
        return button;
    }
}

static void
click (GtkWidget  *widget,
       const char *label_or_icon)
{
  g_signal_emit_by_name (find_button (widget, label_or_icon), "clicked");
}

static double
get_error (FoveaBackpropLesson *lesson)
{
  g_autofree CnnBackpropPoint *points = NULL;
  double weights[CNN_N_WEIGHTS];
  guint n_points;

  fovea_backprop_lesson_get_weights (lesson, weights);
  points = fovea_backprop_lesson_dup_points (lesson, &n_points);

  return cnn_backprop_get_error (weights, points, n_points);
}

static void
test_life (void)
{
  FoveaBackpropLesson *lesson = new_lesson ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWindow *window;

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (lesson));
  window = ui_test_window (scrolled, 360, 900);

  ui_test_next_frame (GTK_WIDGET (lesson));
  gtk_window_set_default_size (window, 900, 900);
  ui_test_next_frame (GTK_WIDGET (lesson));
  ui_test_destroy (window);

  g_assert_finalize_object (lesson);
}

/* What the rows say is what the engine works out. */
static void
test_gradients (void)
{
  g_autoptr (FoveaBackpropLesson) lesson = new_lesson ();
  const double weights[CNN_N_WEIGHTS] = { 2, -3, 0.25 };
  const CnnBackpropPoint points[] = { { 1.5, 0.25, 0.75 }, { -0.5, 1, 0 } };
  CnnBackpropAnswer answer;

  fovea_backprop_lesson_set_weights (lesson, weights);
  fovea_backprop_lesson_set_points (lesson, points, G_N_ELEMENTS (points));
  cnn_backprop_solve (weights, points, G_N_ELEMENTS (points), &answer);

  for (CnnBackpropWeight weight = 0; weight < CNN_N_WEIGHTS; weight++)
    {
      g_autofree char *gradient = fovea_formula_format_number (answer.gradient[weight], 6);
      g_autofree char *numeric = fovea_formula_format_number (answer.numeric[weight], 6);

      g_assert_cmpstr (get_text (lesson, weight, GRADIENT), ==, gradient);
      g_assert_cmpstr (get_text (lesson, weight, NUMERIC), ==, numeric);
      g_assert_nonnull (strstr (get_text (lesson, weight, DIFFERENCE), "·10⁻"));
      g_assert_true (g_str_has_prefix (get_text (lesson, weight, WORKING), "Point 1 adds "));
    }
}

static void
test_edit_point (void)
{
  g_autoptr (FoveaBackpropLesson) lesson = new_lesson ();
  GtkEntry *entry = get_entry (lesson, 1, 0);
  CnnBackpropPoint point;

  g_assert_true (fovea_point_row_get_chosen (get_point_row (lesson, 0)));

  /* Whose number changes is shown. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "3.25");
  fovea_point_row_get_point (get_point_row (lesson, 1), &point);
  g_assert_cmpfloat (point.x, ==, 3.25);
  g_assert_true (fovea_point_row_get_chosen (get_point_row (lesson, 1)));
  g_assert_false (fovea_point_row_get_chosen (get_point_row (lesson, 0)));
  g_assert_true (g_str_has_prefix (get_text (lesson, CNN_WEIGHT_12, WORKING), "Point 2 adds "));

  /* A book's minus is one, too. */
  gtk_editable_set_text (GTK_EDITABLE (entry), " −2 ");
  fovea_point_row_get_point (get_point_row (lesson, 1), &point);
  g_assert_cmpfloat (point.x, ==, -2);
}

/* What is no number is marked, and the last one counts. */
static void
test_bad_numbers (void)
{
  const char *const texts[] = { "", "x", "1e", "1 2", "nan", "inf", "1e300", "0x", "−" };
  g_autoptr (FoveaBackpropLesson) lesson = new_lesson ();
  GtkEntry *entry = get_entry (lesson, 0, 1);
  double error;

  gtk_editable_set_text (GTK_EDITABLE (entry), "0.5");
  error = get_error (lesson);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gtk_editable_set_text (GTK_EDITABLE (entry), texts[i]);
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
      g_assert_cmpfloat (get_error (lesson), ==, error);
    }

  gtk_editable_set_text (GTK_EDITABLE (entry), "0.75");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (entry), "error"));
  g_assert_cmpfloat (get_error (lesson), !=, error);
}

static void
test_add_and_remove (void)
{
  g_autoptr (FoveaBackpropLesson) lesson = new_lesson ();
  g_autofree CnnBackpropPoint *points = NULL;
  guint n_points;

  for (guint n = 4; n <= FOVEA_BACKPROP_MAX_POINTS; n++)
    click (GTK_WIDGET (lesson), "list-add-symbolic");
  points = fovea_backprop_lesson_dup_points (lesson, &n_points);
  g_assert_cmpuint (n_points, ==, FOVEA_BACKPROP_MAX_POINTS);
  g_assert_false (gtk_widget_get_sensitive (find_button (GTK_WIDGET (lesson), "list-add-symbolic")));
  g_assert_true (fovea_point_row_get_chosen (get_point_row (lesson, n_points - 1)));

  /* From the last, which is chosen, to the only one. */
  while (n_points > 1)
    {
      click (GTK_WIDGET (get_point_row (lesson, n_points - 1)), "list-remove-symbolic");
      n_points--;
      g_assert_null (get_point_row (lesson, n_points));
      g_assert_true (fovea_point_row_get_chosen (get_point_row (lesson, n_points - 1)));
    }

  g_assert_false (gtk_widget_get_sensitive (find_button (GTK_WIDGET (get_point_row (lesson, 0)),
                                                         "list-remove-symbolic")));
  g_assert_true (gtk_widget_get_sensitive (find_button (GTK_WIDGET (lesson), "list-add-symbolic")));
}

static void
test_step_and_reset (void)
{
  g_autoptr (FoveaBackpropLesson) lesson = new_lesson ();
  double first = get_error (lesson);
  double weights[CNN_N_WEIGHTS], defaults[CNN_N_WEIGHTS];

  for (guint i = 0; i < 5; i++)
    {
      double before = get_error (lesson);

      click (GTK_WIDGET (lesson), "Step Downhill");
      g_assert_cmpfloat (get_error (lesson), <, before);
    }

  click (GTK_WIDGET (lesson), "Reset");
  g_assert_cmpfloat (get_error (lesson), ==, first);
  fovea_backprop_lesson_get_weights (lesson, weights);
  cnn_backprop_get_default_weights (defaults);
  g_assert_cmpmem (weights, sizeof weights, defaults, sizeof defaults);
}

static void
test_formula (void)
{
  const struct { double value; int n_digits; const char *text; } numbers[] = {
    { 0, 6, "0" },
    { -0.0352, 3, "−0.0352" },
    { 2.13e-10, 2, "2.1·10⁻¹⁰" },
    { -1.5e20, 2, "−1.5·10²⁰" },
    { 0.5, 6, "0.5" },
  };
  g_autofree char *formula = fovea_formula_to_markup ("2(z2 − y2)·w_12·-1 & w_x1");

  g_assert_cmpstr (formula, ==,
                   "2(z<sub>2</sub> − y<sub>2</sub>)·w<sub>12</sub>·−1 &amp; w<sub>x1</sub>");

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = fovea_formula_format_number (numbers[i].value, numbers[i].n_digits);

      g_assert_cmpstr (text, ==, numbers[i].text);
    }
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/backprop-lesson/life", test_life);
  g_test_add_func ("/ui/backprop-lesson/gradients", test_gradients);
  g_test_add_func ("/ui/backprop-lesson/edit-point", test_edit_point);
  g_test_add_func ("/ui/backprop-lesson/bad-numbers", test_bad_numbers);
  g_test_add_func ("/ui/backprop-lesson/add-and-remove", test_add_and_remove);
  g_test_add_func ("/ui/backprop-lesson/step-and-reset", test_step_and_reset);
  g_test_add_func ("/ui/formula", test_formula);

  return g_test_run ();
}

#include "fovea-ui.h"

#include <string.h>

#include <adwaita.h>

#include "fovea-sizes-drawing.h"
#include "fovea-spin-row.h"
#include "ui/ui-test.h"

static FoveaSizesLesson *
new_lesson (void)
{
  return g_object_ref_sink (FOVEA_SIZES_LESSON (fovea_sizes_lesson_new ()));
}

/* The row of a group that has this title. */
static GtkWidget *
find_row (FoveaSizesLesson *lesson,
          GType             type,
          const char       *title,
          guint             nth)
{
  for (guint i = 0; ; i++)
    {
      GtkWidget *row = ui_test_find (GTK_WIDGET (lesson), type, i);

      g_assert_nonnull (row);
      if (g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) && nth-- == 0)
        return row;
    }
}

static void
set_number (FoveaSizesLesson *lesson,
            const char       *title,
            guint             nth,
            guint             value)
{
  fovea_spin_row_set_value (FOVEA_SPIN_ROW (find_row (lesson, FOVEA_TYPE_SPIN_ROW, title, nth)), value);
}

static GtkWidget *
find_class (GtkWidget  *widget,
            GType       type,
            const char *name)
{
  for (guint i = 0; ; i++)
    {
      GtkWidget *found = ui_test_find (widget, type, i);

      if (found == NULL || gtk_widget_has_css_class (found, name))
        return found;
    }
}

static const char *
get_result (FoveaSizesLesson *lesson,
            const char       *title)
{
  GtkWidget *row = find_row (lesson, ADW_TYPE_ACTION_ROW, title, 0);

  return gtk_label_get_text (GTK_LABEL (find_class (row, GTK_TYPE_LABEL, "result")));
}

static const char *
get_working (FoveaSizesLesson *lesson,
             const char       *title)
{
  return adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (lesson, ADW_TYPE_ACTION_ROW, title, 0)));
}

/* What the lesson says about settings that cannot be, or NULL. */
static const char *
get_problem (FoveaSizesLesson *lesson)
{
  GtkWidget *box = find_class (GTK_WIDGET (lesson), GTK_TYPE_BOX, "problem");

  if (!gtk_widget_get_visible (box))
    return NULL;

  return gtk_label_get_text (GTK_LABEL (ui_test_find (box, GTK_TYPE_LABEL, 0)));
}

static FoveaSizesDrawing *
get_drawing (FoveaSizesLesson *lesson)
{
  return FOVEA_SIZES_DRAWING (ui_test_find (GTK_WIDGET (lesson), FOVEA_TYPE_SIZES_DRAWING, 0));
}

static void
test_life (void)
{
  FoveaSizesLesson *lesson = new_lesson ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (lesson), 360, 900);

  ui_test_next_frame (GTK_WIDGET (lesson));
  ui_test_destroy (window);

  g_assert_finalize_object (lesson);
}

static void
test_homework (void)
{
  g_autoptr (FoveaSizesLesson) lesson = new_lesson ();

  g_assert_null (get_problem (lesson));
  g_assert_cmpstr (get_result (lesson, "Multiplications"), ==, "282,240");
  g_assert_cmpstr (get_result (lesson, "Additions"), ==, "281,652");
  g_assert_cmpstr (get_result (lesson, "Comparisons"), ==, "864");
  g_assert_cmpstr (get_result (lesson, "Total"), ==, "564,756");
  g_assert_cmpstr (get_working (lesson, "Total"), ==, "282,240 + 281,652 + 864");
  g_assert_true (g_str_has_suffix (get_working (lesson, "Multiplications"), "\n7² · 30 · 4² · 12"));
}

static void
test_edit (void)
{
  g_autoptr (FoveaSizesLesson) lesson = new_lesson ();
  CnnSizesLesson settings;

  set_number (lesson, "Channels", 0, 1);
  g_assert_cmpstr (get_result (lesson, "Multiplications"), ==, "9,408");

  fovea_sizes_lesson_get_settings (lesson, &settings);
  g_assert_cmpuint (settings.channels, ==, 1);
  g_assert_cmpuint (settings.filters, ==, 12);

  /* The button leads back. */
  g_signal_emit_by_name (find_class (GTK_WIDGET (lesson), GTK_TYPE_BUTTON, "pill"), "clicked");
  g_assert_cmpstr (get_result (lesson, "Total"), ==, "564,756");
}

static void
test_impossible (void)
{
  g_autoptr (FoveaSizesLesson) lesson = new_lesson ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (lesson), 800, 900);

  set_number (lesson, "Kernel", 0, 17);
  g_assert_nonnull (strstr (get_problem (lesson), "17 × 17 does not fit into the padded input of 16 × 16"));
  g_assert_cmpstr (get_result (lesson, "Total"), ==, "–");
  g_assert_null (fovea_sizes_drawing_get_caption (get_drawing (lesson)));
  ui_test_next_frame (GTK_WIDGET (lesson));
  ui_test_press (GTK_WIDGET (get_drawing (lesson)), GDK_KEY_Right);

  set_number (lesson, "Kernel", 0, 15);
  g_assert_nonnull (strstr (get_problem (lesson), "3 × 3 does not fit into the convolution’s output of 1 × 1"));

  set_number (lesson, "Window", 0, 1);
  g_assert_null (get_problem (lesson));
  ui_test_next_frame (GTK_WIDGET (lesson));

  /* More weights than there is room for. */
  fovea_sizes_lesson_set_settings (lesson, &(CnnSizesLesson) { 1024, 4096, 4096, 64, 1, 64, 3, 2 });
  g_assert_nonnull (get_problem (lesson));
  ui_test_next_frame (GTK_WIDGET (lesson));

  ui_test_destroy (window);
}

/* The extremes that the rows allow are drawn, too. */
static void
test_extremes (void)
{
  const CnnSizesLesson extremes[] = {
    { 1, 1, 1, 1, 1, 0, 1, 1 },
    { 1024, 1, 1, 1, 1, 64, 1, 1 },
    { 1024, 1, 1, 64, 64, 64, 1, 64 },
    { 1, 1, 1, 1, 64, 64, 1, 64 },
  };
  g_autoptr (FoveaSizesLesson) lesson = new_lesson ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (lesson), 360, 900);

  for (guint i = 0; i < G_N_ELEMENTS (extremes); i++)
    {
      fovea_sizes_lesson_set_settings (lesson, &extremes[i]);
      g_assert_null (get_problem (lesson));
      ui_test_next_frame (GTK_WIDGET (lesson));
    }

  ui_test_destroy (window);
}

static void
test_step (void)
{
  g_autoptr (FoveaSizesLesson) lesson = new_lesson ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (lesson), 800, 900);
  FoveaSizesDrawing *drawing = get_drawing (lesson);

  g_assert_cmpstr (fovea_sizes_drawing_get_caption (drawing), ==,
                   "Row 3, column 5 of the convolution sees rows 5 to 8 and columns 9 to 12 of the padded input.");

  ui_test_press (GTK_WIDGET (drawing), GDK_KEY_Down);
  ui_test_press (GTK_WIDGET (drawing), GDK_KEY_Left);
  g_assert_true (g_str_has_prefix (fovea_sizes_drawing_get_caption (drawing), "Row 4, column 4 of the convolution"));

  /* Beyond the last column is the pooling, and the way back. */
  for (guint i = 0; i < 4; i++)
    ui_test_press (GTK_WIDGET (drawing), GDK_KEY_Right);
  g_assert_cmpstr (fovea_sizes_drawing_get_caption (drawing), ==,
                   "Row 2, column 1 of the pooling is the largest of rows 3 to 5 and columns 1 to 3 of the convolution.");
  ui_test_press (GTK_WIDGET (drawing), GDK_KEY_Left);
  g_assert_true (g_str_has_prefix (fovea_sizes_drawing_get_caption (drawing), "Row 3, column 7 of the convolution"));

  /* A smaller output keeps the cell inside. */
  set_number (lesson, "Stride", 0, 4);
  g_assert_true (g_str_has_prefix (fovea_sizes_drawing_get_caption (drawing), "Row 3, column 4 of the convolution"));

  ui_test_destroy (window);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/sizes-lesson/life", test_life);
  g_test_add_func ("/ui/sizes-lesson/homework", test_homework);
  g_test_add_func ("/ui/sizes-lesson/edit", test_edit);
  g_test_add_func ("/ui/sizes-lesson/impossible", test_impossible);
  g_test_add_func ("/ui/sizes-lesson/extremes", test_extremes);
  g_test_add_func ("/ui/sizes-lesson/step", test_step);

  return g_test_run ();
}

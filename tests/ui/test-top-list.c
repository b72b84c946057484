#include "fovea-ui.h"

#include <math.h>

#include "fovea-top-row.h"
#include "ui/ui-test.h"

#define N_CLASSES 10

/* Two crops: the first holds class 3 for likely, the second class 7; the other
 * logits fall with the class. */
static CnnPrediction *
new_prediction (void)
{
  g_autoptr (CnnTensor) logits = cnn_tensor_new (&CNN_SHAPE_2 (2, N_CLASSES));
  float *data = cnn_tensor_get_mutable_data (logits);

  for (guint i = 0; i < N_CLASSES; i++)
    data[i] = data[N_CLASSES + i] = -0.1f * i;
  data[3] = 4;
  data[N_CLASSES + 7] = 2;

  return cnn_prediction_new (logits);
}

static FoveaTopList *
new_list (void)
{
  return g_object_ref_sink (FOVEA_TOP_LIST (fovea_top_list_new ()));
}

static GtkWidget *
get_row (FoveaTopList *list,
         guint         nth)
{
  return ui_test_find (GTK_WIDGET (list), FOVEA_TYPE_TOP_ROW, nth);
}

/* Labels of a row, in the order of its template. */
enum { RANK, NAME, TRUE_CLASS, PERCENT };

static const char *
get_text (GtkWidget *row,
          guint      nth)
{
  return gtk_label_get_text (GTK_LABEL (ui_test_find (row, GTK_TYPE_LABEL, nth)));
}

static gboolean
is_marked (GtkWidget *row)
{
  GtkWidget *label = ui_test_find (row, GTK_TYPE_LABEL, TRUE_CLASS);

  return gtk_widget_get_visible (gtk_widget_get_parent (label));
}

static void
test_life (void)
{
  FoveaTopList *list = new_list ();
  g_autoptr (CnnPrediction) prediction = new_prediction ();
  GtkWindow *window = ui_test_window (GTK_WIDGET (list), 300, 400);

  fovea_top_list_set_prediction (list, prediction);
  ui_test_destroy (window);

  g_assert_finalize_object (list);
}

static void
test_properties (void)
{
  static const char *const names[] = { "prediction", "crop", "labels", "true-label" };
  g_autoptr (FoveaTopList) list = new_list ();
  g_autoptr (CnnPrediction) prediction = new_prediction ();
  guint counts[G_N_ELEMENTS (names)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", names[i], NULL);

      g_signal_connect (list, signal, G_CALLBACK (ui_test_count_cb), &counts[i]);
    }

  for (guint i = 0; i < 2; i++)
    g_object_set (list,
                  "prediction", prediction,
                  "crop", 1,
                  "labels", cnn_labels_get_imagenet (),
                  "true-label", 7,
                  NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpuint (counts[i], ==, 1);
}

static void
test_ranking (void)
{
  g_autoptr (FoveaTopList) list = new_list ();
  g_autoptr (CnnPrediction) prediction = new_prediction ();

  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "…");

  fovea_top_list_set_labels (list, cnn_labels_get_imagenet ());
  fovea_top_list_set_prediction (list, prediction);
  fovea_top_list_set_crop (list, 0);
  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "tiger shark");
  g_assert_cmpstr (get_text (get_row (list, 1), NAME), ==, "tench");
  g_assert_cmpstr (get_text (get_row (list, 4), RANK), ==, "5");

  fovea_top_list_set_crop (list, 1);
  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "cock");

  /* The mean of the logits: 3 has 1.85, 7 has 0.65. */
  fovea_top_list_set_crop (list, CNN_MEAN_OF_CROPS);
  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "tiger shark");
  g_assert_cmpstr (get_text (get_row (list, 1), NAME), ==, "cock");

  /* There is no third crop. */
  fovea_top_list_set_crop (list, 2);
  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "…");
}

static void
test_true_class (void)
{
  g_autoptr (FoveaTopList) list = new_list ();
  g_autoptr (CnnPrediction) prediction = new_prediction ();
  GtkWidget *true_row = get_row (list, FOVEA_TOP_LIST_SIZE);
  g_autofree char *entropy = NULL;
  const char *shown;

  fovea_top_list_set_prediction (list, prediction);
  fovea_top_list_set_crop (list, 0);
  g_assert_false (is_marked (get_row (list, 0)));
  g_assert_false (gtk_widget_get_visible (true_row));

  /* Among the five: marked there. */
  fovea_top_list_set_true_label (list, 3);
  g_assert_true (is_marked (get_row (list, 0)));
  g_assert_false (gtk_widget_get_visible (true_row));

  /* The last of all. */
  fovea_top_list_set_true_label (list, 9);
  g_assert_false (is_marked (get_row (list, 0)));
  g_assert_true (gtk_widget_get_visible (true_row));
  g_assert_true (is_marked (true_row));
  g_assert_cmpstr (get_text (true_row, RANK), ==, "10");

  shown = gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (GTK_WIDGET (list))));
  entropy = g_strdup_printf ("%.4f", cnn_prediction_get_cross_entropy (prediction, 0, 9));
  g_assert_nonnull (strstr (shown, entropy));

  /* A class that this network does not know. */
  fovea_top_list_set_true_label (list, 500);
  g_assert_false (gtk_widget_get_visible (true_row));
}

/* A network of two classes has two places. */
static void
test_few_classes (void)
{
  g_autoptr (FoveaTopList) list = new_list ();
  const float logits[] = { 0, 1 };
  g_autoptr (CnnTensor) tensor = cnn_tensor_new_from_data (&CNN_SHAPE_2 (1, 2), logits);
  g_autoptr (CnnPrediction) prediction = cnn_prediction_new (tensor);

  fovea_top_list_set_prediction (list, prediction);
  g_assert_cmpstr (get_text (get_row (list, 0), NAME), ==, "Class 1");
  g_assert_true (gtk_widget_get_visible (get_row (list, 1)));
  g_assert_false (gtk_widget_get_visible (get_row (list, 2)));
}

static void
test_format (void)
{
  const struct { double probability; const char *text; } percents[] = {
    { 0.8731, "87.3 %" },
    { 0, "0.0 %" },
    { 0.0004, "< 0.1 %" },
    { 0.9996, "> 99.9 %" },
    { 1, "100.0 %" },
    { NAN, "not a number" },
  };
  const struct { guint64 count; const char *text; } counts[] = {
    { 0, "0" },
    { 864, "864" },
    { 281652, "281,652" },
    { G_MAXUINT64, "18,446,744,073,709,551,615" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      g_autofree char *text = fovea_format_percent (percents[i].probability);

      g_assert_cmpstr (text, ==, percents[i].text);
    }

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *text = fovea_format_count (counts[i].count);

      g_assert_cmpstr (text, ==, counts[i].text);
    }
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  fovea_ui_init ();

  g_test_add_func ("/ui/top-list/life", test_life);
  g_test_add_func ("/ui/top-list/properties", test_properties);
  g_test_add_func ("/ui/top-list/ranking", test_ranking);
  g_test_add_func ("/ui/top-list/true-class", test_true_class);
  g_test_add_func ("/ui/top-list/few-classes", test_few_classes);
  g_test_add_func ("/ui/format", test_format);

  return g_test_run ();
}

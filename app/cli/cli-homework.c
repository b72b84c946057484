#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"
#include "cli-table.h"

#include <math.h>
#include <string.h>

static const CliSyntax syntax = {
  .arguments = "q1|q2",
  .summary = N_("Works out a question of the homework: q1, sizes and cost of a convolution and a\n"
                "pooling layer; q2, backpropagation through a network of three weights."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_JSON,
};

static void
print_writer (CnnJsonWriter *writer)
{
  g_autofree char *text = cnn_json_writer_free_to_string (writer, NULL);

  g_print ("%s", text);
}

static void
print_sizes (const CnnSizesLesson *lesson,
             const CnnSizesAnswer *answer)
{
  static const char *const titles[CNN_SIZES_N_QUANTITIES] = {
    [CNN_SIZES_CONV_SIZE] = N_("Output side of C"),
    [CNN_SIZES_POOL_SIZE] = N_("Output side of P"),
    [CNN_SIZES_MULTIPLICATIONS] = N_("Multiplications in C"),
    [CNN_SIZES_ADDITIONS] = N_("Additions in C"),
    [CNN_SIZES_COMPARISONS] = N_("Comparisons in P"),
    [CNN_SIZES_TOTAL] = N_("Total"),
  };
  g_autoptr (CliTable) table = cli_table_new ("ll");

  for (CnnSizesQuantity i = 0; i < CNN_SIZES_N_QUANTITIES; i++)
    {
      g_autofree char *working = cnn_sizes_lesson_dup_working (lesson, answer, i);

      cli_table_add (table, (const char *[]) { _(titles[i]), working, NULL });
    }

  g_print (_("Input %u×%u with %u channels; convolution C with %u filters %u×%u, padding %u, stride %u, and\n"
             "ReLU; max pooling P %u×%u, stride %u.\n\n"),
           lesson->input_size, lesson->input_size, lesson->channels, lesson->filters,
           lesson->kernel, lesson->kernel, lesson->padding, lesson->stride,
           lesson->pool_kernel, lesson->pool_kernel, lesson->pool_stride);
  cli_table_print (table);
  g_print ("\n%s\n", cli_explain_convention (CNN_CONVENTION_HOMEWORK));
}

static void
write_sizes (const CnnSizesLesson *lesson,
             const CnnSizesAnswer *answer)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "question", "q1");
  cnn_json_writer_add_string (writer, "convention", cnn_convention_get_name (CNN_CONVENTION_HOMEWORK));

  cnn_json_writer_begin_object (writer, "settings", CNN_JSON_LINES);
  cnn_json_writer_add_int (writer, "input_size", lesson->input_size);
  cnn_json_writer_add_int (writer, "channels", lesson->channels);
  cnn_json_writer_add_int (writer, "filters", lesson->filters);
  cnn_json_writer_add_int (writer, "kernel", lesson->kernel);
  cnn_json_writer_add_int (writer, "stride", lesson->stride);
  cnn_json_writer_add_int (writer, "padding", lesson->padding);
  cnn_json_writer_add_int (writer, "pool_kernel", lesson->pool_kernel);
  cnn_json_writer_add_int (writer, "pool_stride", lesson->pool_stride);
  cnn_json_writer_end (writer);

  for (CnnSizesQuantity i = 0; i < CNN_SIZES_N_QUANTITIES; i++)
    cnn_json_writer_add_int (writer, cnn_sizes_quantity_get_name (i), cnn_sizes_answer_get (answer, i));
  cnn_json_writer_end (writer);

  print_writer (writer);
}

static CliStatus
answer_sizes (gboolean json)
{
  g_autoptr (GError) error = NULL;
  CnnSizesLesson lesson;
  CnnSizesAnswer answer;

  cnn_sizes_lesson_init (&lesson);
  if (!cnn_sizes_lesson_solve (&lesson, &answer, &error))
    return cli_fail (error);

  if (json)
    write_sizes (&lesson, &answer);
  else
    print_sizes (&lesson, &answer);

  return CLI_DONE;
}

static void
print_backprop (const double             weights[CNN_N_WEIGHTS],
                const CnnBackpropPoint  *points,
                guint                    n_points,
                const CnnBackpropAnswer *answer)
{
  g_autoptr (CliTable) table = cli_table_new ("lrrrl");

  g_print (_("z1 = h(x·w_x1), z2 = h(z1·w_12), z3 = h(z1·w_13), h(t) = 1 / (1 + e^−t)\n\n"));
  for (CnnBackpropWeight i = 0; i < CNN_N_WEIGHTS; i++)
    g_print ("%s = %g\n", cnn_backprop_weight_get_name (i), weights[i]);
  for (guint i = 0; i < n_points; i++)
    g_print ("x = %g, y2 = %g, y3 = %g\n", points[i].x, points[i].y2, points[i].y3);
  g_print ("\nE = Σ (z2 − y2)² + (z3 − y3)² = %.10f\n\n", answer->error);

  cli_table_add (table, (const char *[]) {
    _("Gradient"), _("Chain rule"), _("Numeric"), _("Difference"), _("Formula"), NULL
  });
  cli_table_rule (table);

  for (CnnBackpropWeight i = 0; i < CNN_N_WEIGHTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("∂E/∂%s", cnn_backprop_weight_get_name (i));
      g_autofree char *gradient = g_strdup_printf ("%.10f", answer->gradient[i]);
      g_autofree char *numeric = g_strdup_printf ("%.10f", answer->numeric[i]);
      g_autofree char *difference = g_strdup_printf ("%.1e", fabs (answer->gradient[i] - answer->numeric[i]));

      cli_table_add (table, (const char *[]) {
        name, gradient, numeric, difference, cnn_backprop_weight_get_formula (i), NULL
      });
    }

  cli_table_print (table);
  g_print (_("\nNumeric: central differences of E, each weight moved by ±%.3g.\n"), answer->step);
}

static void
write_weights (CnnJsonWriter *writer,
               const char    *key,
               const double   values[CNN_N_WEIGHTS])
{
  cnn_json_writer_begin_object (writer, key, CNN_JSON_INLINE);
  for (CnnBackpropWeight i = 0; i < CNN_N_WEIGHTS; i++)
    cnn_json_writer_add_double (writer, cnn_backprop_weight_get_name (i), values[i]);
  cnn_json_writer_end (writer);
}

static void
write_backprop (const double             weights[CNN_N_WEIGHTS],
                const CnnBackpropPoint  *points,
                guint                    n_points,
                const CnnBackpropAnswer *answer)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "question", "q2");
  write_weights (writer, "weights", weights);

  cnn_json_writer_begin_array (writer, "data", CNN_JSON_LINES);
  for (guint i = 0; i < n_points; i++)
    {
      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_double (writer, "x", points[i].x);
      cnn_json_writer_add_double (writer, "y2", points[i].y2);
      cnn_json_writer_add_double (writer, "y3", points[i].y3);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);

  cnn_json_writer_add_double (writer, "error", answer->error);
  write_weights (writer, "gradient", answer->gradient);
  write_weights (writer, "numeric", answer->numeric);
  cnn_json_writer_add_double (writer, "step", answer->step);
  cnn_json_writer_end (writer);

  print_writer (writer);
}

static CliStatus
answer_backprop (gboolean json)
{
  double weights[CNN_N_WEIGHTS];
  guint n_points;
  const CnnBackpropPoint *points = cnn_backprop_get_default_data (&n_points);
  CnnBackpropAnswer answer;

  cnn_backprop_get_default_weights (weights);
  cnn_backprop_solve (weights, points, n_points, &answer);

  if (json)
    write_backprop (weights, points, n_points, &answer);
  else
    print_backprop (weights, points, n_points, &answer);

  return CLI_DONE;
}

CliStatus
cli_homework (int   argc,
              char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, NULL, argc, argv, &error))
    return cli_fail (error);

  if (strcmp (options.arguments[0], "q1") == 0)
    return answer_sizes (options.json);

  if (strcmp (options.arguments[0], "q2") == 0)
    return answer_backprop (options.json);

  g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("question is “%s”; expected q1 or q2"), options.arguments[0]);

  return cli_fail (error);
}

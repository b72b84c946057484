#include "cli-test.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static JsonObject *
parse (CliRun      *run,
       JsonParser **parser)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->errors, ==, "");
  *parser = json_parser_new ();
  json_parser_load_from_data (*parser, run->output, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (*parser));
}

static void
test_q1 (void)
{
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "homework", "q1", NULL);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_nonnull (strstr (run.output, "⌈(14 + 2·1 − 4 + 1) / 2⌉ = 7\n"));
  g_assert_nonnull (strstr (run.output, "⌈(7 − 3 + 1) / 2⌉ = 3\n"));
  g_assert_nonnull (strstr (run.output, "282240 + 281652 + 864 = 564756\n"));
}

static void
test_q1_json (void)
{
  static const struct { const char *key; gint64 value; } expected[] = {
    { "conv_size", 7 }, { "pool_size", 3 }, { "multiplications", 282240 },
    { "additions", 281652 }, { "comparisons", 864 }, { "total", 564756 },
  };
  g_auto (CliRun) run = { 0 };
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;

  cli_run (&run, "homework", "q1", "--json", NULL);
  object = parse (&run, &parser);

  g_assert_cmpstr (json_object_get_string_member (object, "convention"), ==, "homework");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (json_object_get_int_member (object, expected[i].key), ==, expected[i].value);
}

static void
test_q2 (void)
{
  g_auto (CliRun) run = { 0 };

  cli_run (&run, "homework", "q2", NULL);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_nonnull (strstr (run.output, "∂E/∂w_x1"));
  g_assert_nonnull (strstr (run.output, "Σ 2(z3 − y3)·z3(1 − z3)·z1\n"));
}

/* What is written is enough to work the answer out again. */
static void
test_q2_json (void)
{
  g_auto (CliRun) run = { 0 };
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object, *weights, *gradient, *numeric;
  double w_x1, w_12, w_13, expected = 0;
  JsonArray *data;

  cli_run (&run, "homework", "q2", "--json", NULL);
  object = parse (&run, &parser);
  weights = json_object_get_object_member (object, "weights");
  gradient = json_object_get_object_member (object, "gradient");
  numeric = json_object_get_object_member (object, "numeric");
  data = json_object_get_array_member (object, "data");
  w_x1 = json_object_get_double_member (weights, "w_x1");
  w_12 = json_object_get_double_member (weights, "w_12");
  w_13 = json_object_get_double_member (weights, "w_13");

  for (guint i = 0; i < json_array_get_length (data); i++)
    {
      JsonObject *point = json_array_get_object_element (data, i);
      double x = json_object_get_double_member (point, "x");
      double y2 = json_object_get_double_member (point, "y2");
      double y3 = json_object_get_double_member (point, "y3");
      double z1 = 1 / (1 + exp (-x * w_x1));
      double z2 = 1 / (1 + exp (-z1 * w_12));
      double z3 = 1 / (1 + exp (-z1 * w_13));

      expected += (2 * (z2 - y2) * z2 * (1 - z2) * w_12 + 2 * (z3 - y3) * z3 * (1 - z3) * w_13) * z1 * (1 - z1) * x;
    }

  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (gradient, "w_x1"), expected, 1e-12);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (numeric, "w_x1"), expected, 1e-9);
}

static void
test_misuse (void)
{
  g_auto (CliRun) unknown = { 0 };
  g_auto (CliRun) missing = { 0 };
  g_auto (CliRun) both = { 0 };

  cli_run (&unknown, "homework", "q3", NULL);
  cli_assert_one_line (&unknown, 2, "question is “q3”; expected q1 or q2");

  cli_run (&missing, "homework", NULL);
  cli_assert_one_line (&missing, 2, "missing argument; expected q1|q2");

  cli_run (&both, "homework", "q1", "q2", NULL);
  cli_assert_one_line (&both, 2, "unexpected argument “q2”");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/homework/q1", test_q1);
  g_test_add_func ("/cli/homework/q1-json", test_q1_json);
  g_test_add_func ("/cli/homework/q2", test_q2);
  g_test_add_func ("/cli/homework/q2-json", test_q2_json);
  g_test_add_func ("/cli/homework/misuse", test_misuse);

  return g_test_run ();
}

#include "core/cnn-json-writer.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void
test_layout (void)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *text = NULL;
  gsize length;

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "name", "sea snake");
  cnn_json_writer_begin_array (writer, "rows", CNN_JSON_LINES);
  for (int i = 0; i < 2; i++)
    {
      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_int (writer, "index", i);
      cnn_json_writer_begin_array (writer, "top", CNN_JSON_LINES);
      cnn_json_writer_add_boolean (writer, NULL, i == 0);
      cnn_json_writer_add_null (writer, NULL);
      cnn_json_writer_end (writer);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);
  cnn_json_writer_begin_array (writer, "none", CNN_JSON_LINES);
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);

  text = cnn_json_writer_free_to_string (writer, &length);
  g_assert_cmpstr (text, ==,
                   "{\n"
                   "  \"name\": \"sea snake\",\n"
                   "  \"rows\": [\n"
                   "    {\"index\": 0, \"top\": [true, null]},\n"
                   "    {\"index\": 1, \"top\": [false, null]}\n"
                   "  ],\n"
                   "  \"none\": []\n"
                   "}\n");
  g_assert_cmpuint (length, ==, strlen (text));
}

static void
test_strings (void)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *text = NULL;

  cnn_json_writer_begin_array (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_add_string (writer, NULL, "a \"b\" \\ c");
  cnn_json_writer_add_string (writer, NULL, "line\nnext\ttab\x01");
  cnn_json_writer_add_string (writer, NULL, "Tür\xff");
  cnn_json_writer_add_string (writer, NULL, NULL);
  cnn_json_writer_end (writer);

  text = cnn_json_writer_free_to_string (writer, NULL);
  g_assert_cmpstr (text, ==,
                   "[\"a \\\"b\\\" \\\\ c\", \"line\\nnext\\ttab\\u0001\", "
                   "\"Tür\xef\xbf\xbd\", null]\n");
}

static void
test_numbers (void)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *text = NULL;

  cnn_json_writer_begin_array (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_add_double (writer, NULL, 0.592);
  cnn_json_writer_add_double (writer, NULL, 0.1 + 0.2);
  cnn_json_writer_add_double (writer, NULL, NAN);
  cnn_json_writer_add_float (writer, NULL, 0.1f);
  cnn_json_writer_add_float (writer, NULL, 16777216.0f);
  cnn_json_writer_add_float (writer, NULL, -INFINITY);
  cnn_json_writer_end (writer);

  text = cnn_json_writer_free_to_string (writer, NULL);
  g_assert_cmpstr (text, ==, "[0.592, 0.30000000000000004, null, 0.1, 16777216, null]\n");
}

/* Any bit pattern that is a number comes back as the same bits. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      union { guint32 bits; float number; } single = { g_test_rand_int () };
      union { guint64 bits; double number; } wide;
      g_autofree char *short_text = cnn_float_to_string (single.number);
      g_autofree char *long_text = NULL;

      wide.bits = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      long_text = cnn_double_to_string (wide.number);

      if (!isnan (single.number))
        g_assert_true ((float) g_ascii_strtod (short_text, NULL) == single.number);
      if (!isnan (wide.number))
        g_assert_true (g_ascii_strtod (long_text, NULL) == wide.number);
    }
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/json-writer/layout", test_layout);
  g_test_add_func ("/engine/json-writer/strings", test_strings);
  g_test_add_func ("/engine/json-writer/numbers", test_numbers);
  g_test_add_func ("/engine/json-writer/round-trip", test_round_trip);

  return g_test_run ();
}

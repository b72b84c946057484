#include "cli-oracle.h"

#include <json-glib/json-glib.h>

#include "support/pack.h"

static double
parse_number (const char *text)
{
  char *end;
  double number = g_ascii_strtod (text, &end);

  g_assert_cmpstr (end, ==, "");

  return number;
}

static CliOracleRow
parse_row (const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  g_auto (GStrv) top5 = NULL;
  g_auto (GStrv) probabilities = NULL;
  CliOracleRow row;

  g_assert_cmpuint (g_strv_length (fields), ==, 8);
  top5 = g_strsplit (fields[3], ",", -1);
  probabilities = g_strsplit (fields[4], ",", -1);
  g_assert_cmpuint (g_strv_length (top5), ==, 5);
  g_assert_cmpuint (g_strv_length (probabilities), ==, 5);

  row.label = parse_number (fields[1]);
  row.predicted = parse_number (fields[2]);
  for (guint i = 0; i < 5; i++)
    {
      row.top5[i] = parse_number (top5[i]);
      row.probabilities[i] = parse_number (probabilities[i]);
    }
  row.cross_entropy = parse_number (fields[5]);
  row.margin12 = parse_number (fields[6]);
  row.margin56 = parse_number (fields[7]);

  return row;
}

/* All rows of a table of the pack, in the order of the pictures; NULL where there
 * is no pack. */
GArray *
cli_oracle_load_rows (const char *network,
                      const char *pipeline)
{
  g_autofree char *name = g_strdup_printf ("oracle/%s/%s.tsv", network, pipeline);
  g_autofree char *path = pack_find (name);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  GArray *rows;

  if (path == NULL)
    return NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  rows = g_array_new (FALSE, FALSE, sizeof (CliOracleRow));
  for (guint i = 1; lines[i] != NULL; i++)
    {
      CliOracleRow row = parse_row (lines[i]);

      g_array_append_val (rows, row);
    }

  return rows;
}

/* The pack has them for the first 100, 250 and 400 pictures. */
void
cli_oracle_load_summary (const char       *network,
                         const char       *pipeline,
                         guint             n,
                         CliOracleSummary *summary)
{
  g_autofree char *name = g_strdup_printf ("oracle/%s/summary.json", network);
  g_autofree char *path = pack_find (name);
  g_autofree char *count = g_strdup_printf ("%u", n);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  object = json_object_get_object_member (object, pipeline);
  object = json_object_get_object_member (object, count);

  summary->loss = json_object_get_double_member (object, "loss_seed");
  summary->mean_cross_entropy = json_object_get_double_member (object, "loss_mean");
  summary->n_correct = json_object_get_int_member (object, "correct_top1");
  summary->n_top5 = json_object_get_int_member (object, "correct_top5");
}

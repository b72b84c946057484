#define G_LOG_DOMAIN "cnn-json-text"

#include "formats/cnn-json-text-private.h"

#include "core/cnn-error.h"

/* The deepest of our texts have an array in an object in an object. json-glib
 * descends by recursion, so depth is checked before it sees the text. */
#define MAX_DEPTH 8

/* Walks over the text once, before json-glib sees it. Its tree takes some hundred
 * bytes for each value, so a text must not be all brackets and commas: a tensor's
 * entry has three brackets in 50 letters, and a comma in five. Members of the
 * outer object are counted to tell duplicates, as JsonObject keeps one of each
 * name. */
static gboolean
scan (const char  *text,
      gsize        length,
      gsize       *n_members,
      GError     **error)
{
  gboolean in_string = FALSE;
  gsize n_brackets = 0, n_commas = 0;
  guint depth = 0;

  *n_members = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_string)
        {
          if (c == '\\')
            i++;
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          depth++;
          n_brackets++;
        }
      else if ((c == '}' || c == ']') && depth > 0)
        depth--;
      else if (c == ':' && depth == 1)
        (*n_members)++;
      else if (c == ',')
        n_commas++;

      if (depth > MAX_DEPTH)
        {
          g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                       "nests deeper than %d levels at byte %" G_GSIZE_FORMAT,
                       MAX_DEPTH, i);
          return FALSE;
        }
    }

  if (n_brackets > length / 16 + 16 || n_commas > length / 5 + 16)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has %" G_GSIZE_FORMAT " lists and %" G_GSIZE_FORMAT
                   " commas, more than descriptions of tensors need", n_brackets, n_commas);
      return FALSE;
    }

  return TRUE;
}

/* Parses a text whose outermost value is an object. It belongs to parser.
 * Messages do not say whose text it is. */
JsonObject *
cnn_json_text_parse (JsonParser  *parser,
                     const char  *text,
                     gsize        length,
                     GError     **error)
{
  g_autoptr (GError) json_error = NULL;
  JsonNode *root;
  JsonObject *object;
  gsize n_members;

  if (!scan (text, length, &n_members, error))
    return NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is not UTF-8 text");
      return NULL;
    }

  if (!json_parser_load_from_data (parser, text, length, &json_error))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s", json_error->message);
      return NULL;
    }

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "is no JSON object");
      return NULL;
    }

  object = json_node_get_object (root);
  if (json_object_get_size (object) != n_members)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED,
                   "has %" G_GSIZE_FORMAT " entries with %u different names, expected each name once",
                   n_members, json_object_get_size (object));
      return NULL;
    }

  return object;
}

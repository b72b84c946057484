#define G_LOG_DOMAIN "cnn-json-writer"

#include "core/cnn-json-writer.h"

#include <math.h>

/* An object or array that is not ended yet. */
typedef struct
{
  char end;
  CnnJsonLayout layout;
  guint n;
} Level;

struct _CnnJsonWriter
{
  GString *text;
  GArray *levels;
};

/**
 * cnn_json_writer_new:
 *
 * Returns: (transfer full): a writer that has written nothing yet
 */
CnnJsonWriter *
cnn_json_writer_new (void)
{
  CnnJsonWriter *self = g_new0 (CnnJsonWriter, 1);

  self->text = g_string_new (NULL);
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));

  return self;
}

void
cnn_json_writer_free (CnnJsonWriter *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->levels);
  g_free (self);
}

/**
 * cnn_json_writer_free_to_string:
 * @self: (transfer full): a writer; every object and array is ended
 * @length: (out) (optional): length of the text in bytes
 *
 * Returns: (transfer full): the text, with a newline at its end
 */
char *
cnn_json_writer_free_to_string (CnnJsonWriter *self,
                                gsize         *length)
{
  char *text;

  g_return_val_if_fail (self->levels->len == 0, NULL);

  g_string_append_c (self->text, '\n');
  if (length != NULL)
    *length = self->text->len;
  text = g_string_free (g_steal_pointer (&self->text), FALSE);
  g_array_unref (self->levels);
  g_free (self);

  return text;
}

static Level *
get_level (CnnJsonWriter *self)
{
  return self->levels->len > 0 ? &g_array_index (self->levels, Level, self->levels->len - 1) : NULL;
}

static void
break_line (CnnJsonWriter *self)
{
  g_string_append_c (self->text, '\n');
  for (guint i = 0; i < self->levels->len; i++)
    g_string_append (self->text, "  ");
}

static void
append_quoted (GString    *text,
               const char *string)
{
  /* File names can be any bytes; JSON cannot. */
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (text, '"');
  for (const char *c = valid; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (text, "\\%c", *c);
    else if (*c == '\n')
      g_string_append (text, "\\n");
    else if (*c == '\t')
      g_string_append (text, "\\t");
    else if ((guchar) *c < 0x20)
      g_string_append_printf (text, "\\u%04x", (guchar) *c);
    else
      g_string_append_c (text, *c);
  g_string_append_c (text, '"');
}

/* Everything that comes before a value: comma, line break, key. */
static void
begin_value (CnnJsonWriter *self,
             const char    *key)
{
  Level *level = get_level (self);

  if (level != NULL)
    {
      if (level->n > 0)
        g_string_append (self->text, level->layout == CNN_JSON_INLINE ? ", " : ",");
      if (level->layout == CNN_JSON_LINES)
        break_line (self);
      level->n++;
    }

  if (key != NULL)
    {
      append_quoted (self->text, key);
      g_string_append (self->text, ": ");
    }
}

static void
begin_level (CnnJsonWriter *self,
             const char    *key,
             CnnJsonLayout  layout,
             char           start,
             char           end)
{
  Level level = { end, layout, 0 };
  Level *outer = get_level (self);

  begin_value (self, key);
  g_string_append_c (self->text, start);
  if (outer != NULL && outer->layout == CNN_JSON_INLINE)
    level.layout = CNN_JSON_INLINE;
  g_array_append_val (self->levels, level);
}

/**
 * cnn_json_writer_begin_object:
 * @self: a writer
 * @key: (nullable): the object's key
 * @layout: how its inside is laid out; what lies in an inline one is inline too
 */
void
cnn_json_writer_begin_object (CnnJsonWriter *self,
                              const char    *key,
                              CnnJsonLayout  layout)
{
  begin_level (self, key, layout, '{', '}');
}

/**
 * cnn_json_writer_begin_array:
 * @self: a writer
 * @key: (nullable): the array's key
 * @layout: how its inside is laid out; what lies in an inline one is inline too
 */
void
cnn_json_writer_begin_array (CnnJsonWriter *self,
                             const char    *key,
                             CnnJsonLayout  layout)
{
  begin_level (self, key, layout, '[', ']');
}

/**
 * cnn_json_writer_end:
 * @self: a writer
 *
 * Ends the object or array that was begun last.
 */
void
cnn_json_writer_end (CnnJsonWriter *self)
{
  Level level;

  g_return_if_fail (self->levels->len > 0);

  level = *get_level (self);
  g_array_set_size (self->levels, self->levels->len - 1);
  if (level.n > 0 && level.layout == CNN_JSON_LINES)
    break_line (self);
  g_string_append_c (self->text, level.end);
}

/**
 * cnn_json_writer_add_string:
 * @self: a writer
 * @key: (nullable): the value's key
 * @value: (nullable): the value; %NULL makes a null, and bytes that are not
 *   UTF-8 a replacement character
 */
void
cnn_json_writer_add_string (CnnJsonWriter *self,
                            const char    *key,
                            const char    *value)
{
  begin_value (self, key);
  if (value != NULL)
    append_quoted (self->text, value);
  else
    g_string_append (self->text, "null");
}

void
cnn_json_writer_add_boolean (CnnJsonWriter *self,
                             const char    *key,
                             gboolean       value)
{
  begin_value (self, key);
  g_string_append (self->text, value ? "true" : "false");
}

void
cnn_json_writer_add_int (CnnJsonWriter *self,
                         const char    *key,
                         gint64         value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
cnn_json_writer_add_null (CnnJsonWriter *self,
                          const char    *key)
{
  begin_value (self, key);
  g_string_append (self->text, "null");
}

/**
 * cnn_json_writer_add_double:
 * @self: a writer
 * @key: (nullable): the value's key
 * @value: the value; NaN and the infinities, which JSON does not know, make a
 *   null
 */
void
cnn_json_writer_add_double (CnnJsonWriter *self,
                            const char    *key,
                            double         value)
{
  g_autofree char *number = cnn_double_to_string (value);

  begin_value (self, key);
  g_string_append (self->text, isfinite (value) ? number : "null");
}

/**
 * cnn_json_writer_add_float:
 * @self: a writer
 * @key: (nullable): the value's key
 * @value: the value; NaN and the infinities, which JSON does not know, make a
 *   null
 */
void
cnn_json_writer_add_float (CnnJsonWriter *self,
                           const char    *key,
                           float          value)
{
  g_autofree char *number = cnn_float_to_string (value);

  begin_value (self, key);
  g_string_append (self->text, isfinite (value) ? number : "null");
}

static void
format (char   *buffer,
        int     digits,
        double  value)
{
  char pattern[8];

  g_snprintf (pattern, sizeof pattern, "%%.%dg", digits);
  g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, pattern, value);
}

/**
 * cnn_double_to_string:
 * @value: a number
 *
 * Returns: (transfer full): @value with as few digits as it takes to read the
 *   same number back, with a decimal point whatever the locale
 */
char *
cnn_double_to_string (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* 15 digits always survive a round trip through a double, 17 always suffice. */
  for (int digits = 15; digits <= 17; digits++)
    {
      format (buffer, digits, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  return g_strdup (buffer);
}

/**
 * cnn_float_to_string:
 * @value: a number
 *
 * Returns: (transfer full): @value with as few digits as it takes to read the
 *   same float32 back, with a decimal point whatever the locale
 */
char *
cnn_float_to_string (float value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 9; digits++)
    {
      format (buffer, digits, value);
      if ((float) g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  return g_strdup (buffer);
}

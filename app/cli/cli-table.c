#define G_LOG_DOMAIN "fovea-cli"

#include "cli-table.h"

#include <string.h>

#define GAP 2

struct _CliTable
{
  char *alignment;
  guint n_columns;
  guint *widths;

  /* Of cells; a row without any is a rule. */
  GPtrArray *rows;
};

/**
 * cli_table_new:
 * @alignment: a letter for each column: `l` for left, `r` for right
 *
 * Returns: (transfer full): a table without rows
 */
CliTable *
cli_table_new (const char *alignment)
{
  CliTable *self = g_new0 (CliTable, 1);

  self->alignment = g_strdup (alignment);
  self->n_columns = strlen (alignment);
  self->widths = g_new0 (guint, self->n_columns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  return self;
}

void
cli_table_free (CliTable *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self->widths);
  g_free (self->alignment);
  g_free (self);
}

/* How many columns of a terminal a text takes. */
static guint
get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

/**
 * cli_table_add:
 * @self: a table
 * @cells: as many texts in UTF-8 as the table has columns, and %NULL
 *
 * Adds a row.
 */
void
cli_table_add (CliTable          *self,
               const char *const *cells)
{
  g_return_if_fail (g_strv_length ((char **) cells) == self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    self->widths[i] = MAX (self->widths[i], get_width (cells[i]));

  g_ptr_array_add (self->rows, g_strdupv ((char **) cells));
}

/**
 * cli_table_rule:
 * @self: a table
 *
 * Adds a line from edge to edge.
 */
void
cli_table_rule (CliTable *self)
{
  g_ptr_array_add (self->rows, g_new0 (char *, 1));
}

static void
append_repeated (GString    *line,
                 const char *text,
                 guint       n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (line, text);
}

static void
append_row (CliTable          *self,
            const char *const *cells,
            GString           *line)
{
  guint blank = 0;

  /* Blanks wait for the next word, so that no line ends in them. */
  for (guint i = 0; i < self->n_columns; i++)
    {
      guint rest = self->widths[i] - get_width (cells[i]);
      gboolean is_right = self->alignment[i] == 'r';

      blank += is_right ? rest : 0;
      if (*cells[i] != '\0')
        {
          append_repeated (line, " ", blank);
          g_string_append (line, cells[i]);
          blank = 0;
        }
      blank += GAP + (is_right ? 0 : rest);
    }
}

/**
 * cli_table_print:
 * @self: a table
 *
 * Writes the table on the standard output.
 */
void
cli_table_print (CliTable *self)
{
  guint width = GAP * (self->n_columns - 1);

  for (guint i = 0; i < self->n_columns; i++)
    width += self->widths[i];

  for (guint i = 0; i < self->rows->len; i++)
    {
      const char *const *cells = g_ptr_array_index (self->rows, i);
      g_autoptr (GString) line = g_string_new (NULL);

      if (cells[0] == NULL)
        append_repeated (line, "─", width);
      else
        append_row (self, cells, line);

      g_print ("%s\n", line->str);
    }
}

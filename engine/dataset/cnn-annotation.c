#define G_LOG_DOMAIN "cnn-annotation"

#include "dataset/cnn-annotation-private.h"

#include <string.h>

#include "core/cnn-error.h"
#include "dataset/cnn-text-file-private.h"

/* A picture of a crowd has some 30 kB. */
#define MAX_FILE_SIZE (4 * 1024 * 1024)

typedef struct
{
  GString *name;
  gboolean complete;    /* the first object's name has ended */
} Annotation;

/* Whether the innermost elements are <object><name>. */
static gboolean
in_object_name (GMarkupParseContext *context)
{
  const GSList *stack = g_markup_parse_context_get_element_stack (context);

  return g_str_equal (stack->data, "name") &&
         stack->next != NULL && g_str_equal (stack->next->data, "object");
}

static void
end_element_cb (GMarkupParseContext  *context,
                const char           *element_name,
                gpointer              user_data,
                GError              **error)
{
  Annotation *annotation = user_data;

  if (in_object_name (context))
    annotation->complete = TRUE;
}

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              user_data,
         GError              **error)
{
  Annotation *annotation = user_data;

  if (length > 0 && !annotation->complete &&
      g_markup_parse_context_get_element_stack (context) != NULL && in_object_name (context))
    g_string_append_len (annotation->name, text, length);
}

static const GMarkupParser parser =
{
  .end_element = end_element_cb,
  .text = text_cb,
};

/*< private >
 * cnn_annotation_load_class:
 * @file: a PASCAL-VOC annotation, as the ImageNet challenge has one for each picture
 * @cancellable: (nullable): to stop it
 * @error: (out) (optional): %CNN_ERROR_DAMAGED where it is not XML, %CNN_ERROR_NO_LABEL where
 *   it has no object with a name, %G_IO_ERROR where it cannot be read
 *
 * Reads what a picture shows: the name of its first object. The whole file is
 * looked at, so that one that is cut short is noticed.
 *
 * Returns: (transfer full) (nullable): the class, a WordNet id
 */
char *
cnn_annotation_load_class (GFile         *file,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr (GMarkupParseContext) context = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *text = NULL;
  Annotation annotation = { name, FALSE };

  text = cnn_text_file_read (file, MAX_FILE_SIZE, cancellable, error);
  if (text == NULL)
    return NULL;

  context = g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &annotation, NULL);
  if (!g_markup_parse_context_parse (context, text, -1, &local_error) ||
      !g_markup_parse_context_end_parse (context, &local_error))
    {
      g_autofree char *path = g_file_get_parse_name (file);

      g_set_error (error, CNN_ERROR, CNN_ERROR_DAMAGED, "%s: %s", path, local_error->message);
      return NULL;
    }

  g_strstrip (name->str);
  if (*name->str == '\0')
    {
      g_autofree char *path = g_file_get_parse_name (file);

      g_set_error (error, CNN_ERROR, CNN_ERROR_NO_LABEL,
                   "%s: has no class, expected one in <object><name>", path);
      return NULL;
    }

  return g_string_free (g_steal_pointer (&name), FALSE);
}

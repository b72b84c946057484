#define G_LOG_DOMAIN "fovea-errors"

#include "config.h"

#include "fovea-errors.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "cnn.h"

static const char *
get_engine_advice (int code)
{
  switch ((CnnError) code)
    {
    case CNN_ERROR_DAMAGED:
      return _("The file is damaged, or was not copied as a whole. Get it again from where it came from.");
    case CNN_ERROR_UNSUPPORTED:
      return _("Fovea reads SqueezeNet and ResNet weights from .pth and .safetensors files, "
               "and networks from .onnx files. Try another file.");
    case CNN_ERROR_SHAPE:
      return _("Try weights that belong to this kind of network, or a network that takes colour pictures.");
    case CNN_ERROR_VALUE:
      return _("The training may have failed, or the file is damaged. Try another file.");
    case CNN_ERROR_NO_IMAGE:
      return _("Choose another picture.");
    case CNN_ERROR_NO_LABEL:
      return _("The picture can be looked at, but answers about it cannot be judged.");
    case CNN_ERROR_EMPTY:
      return _("Choose a folder with JPEG or PNG pictures in it, or in folders named after their classes.");
    case CNN_ERROR_CHANGED:
      return _("Another program, such as a training script, has written to the file. Open it again when it is done.");
    default:
      return NULL;
    }
}

static const char *
get_io_advice (int code)
{
  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
      return _("It may have been moved or renamed. Choose it again.");
    case G_IO_ERROR_PERMISSION_DENIED:
      return _("You may not read or write it. Change its permissions, or choose another one.");
    case G_IO_ERROR_NO_SPACE:
      return _("The disk is full. Make room, or choose another place.");
    default:
      return NULL;
    }
}

/**
 * fovea_error_dup_explanation:
 * @error: what went wrong
 *
 * Returns: (transfer full): the cause, and a paragraph below it on what to do
 *   next where something is known to help
 */
char *
fovea_error_dup_explanation (const GError *error)
{
  const char *advice = NULL;

  if (error->domain == CNN_ERROR)
    advice = get_engine_advice (error->code);
  else if (error->domain == G_IO_ERROR)
    advice = get_io_advice (error->code);

  return advice != NULL
         ? g_strdup_printf ("%s\n\n%s", error->message, advice)
         : g_strdup (error->message);
}

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CnnError:
 * @CNN_ERROR_DAMAGED: a file contradicts itself or its format, or is cut short:
 *   get it again
 * @CNN_ERROR_UNSUPPORTED: a file is sound but says something that Fovea does
 *   not know: another format, operator, layout or architecture
 * @CNN_ERROR_SHAPE: shapes do not fit one another: another input size or
 *   another weights file is wanted
 * @CNN_ERROR_VALUE: numbers are not usable, such as NaN among the weights
 * @CNN_ERROR_NO_IMAGE: a file is not a picture, or not a whole one: skip it
 * @CNN_ERROR_NO_LABEL: no class is known for a picture: browse it, do not score
 *   it
 * @CNN_ERROR_EMPTY: a folder holds nothing that can be used: choose another
 * @CNN_ERROR_CHANGED: a file has changed since it was opened: open it again
 *
 * What went wrong in the engine, told apart by what can be done about it.
 *
 * Files that cannot be opened or read report %G_IO_ERROR instead. Every message
 * is one line that says the file, the place, what was found and what was
 * expected.
 */
typedef enum
{
  CNN_ERROR_DAMAGED,
  CNN_ERROR_UNSUPPORTED,
  CNN_ERROR_SHAPE,
  CNN_ERROR_VALUE,
  CNN_ERROR_NO_IMAGE,
  CNN_ERROR_NO_LABEL,
  CNN_ERROR_EMPTY,
  CNN_ERROR_CHANGED,
} CnnError;

#define CNN_ERROR (cnn_error_quark ())

GQuark cnn_error_quark (void);

G_END_DECLS

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CnnJsonLayout:
 * @CNN_JSON_LINES: a line for each thing inside
 * @CNN_JSON_INLINE: everything inside in one line
 *
 * How the inside of an object or array is laid out.
 */
typedef enum
{
  CNN_JSON_LINES,
  CNN_JSON_INLINE,
} CnnJsonLayout;

/**
 * CnnJsonWriter:
 *
 * Writes JSON as a person would lay it out: a table has a row to a line, and a
 * number has as many digits as it takes to read the same number back, whatever
 * the locale. Everything is added in order; keys are %NULL inside an array and
 * for the outermost value.
 */
typedef struct _CnnJsonWriter CnnJsonWriter;

CnnJsonWriter *cnn_json_writer_new            (void);
void           cnn_json_writer_free           (CnnJsonWriter *self);
char          *cnn_json_writer_free_to_string (CnnJsonWriter *self,
                                               gsize         *length);
void           cnn_json_writer_begin_object   (CnnJsonWriter *self,
                                               const char    *key,
                                               CnnJsonLayout  layout);
void           cnn_json_writer_begin_array    (CnnJsonWriter *self,
                                               const char    *key,
                                               CnnJsonLayout  layout);
void           cnn_json_writer_end            (CnnJsonWriter *self);
void           cnn_json_writer_add_string     (CnnJsonWriter *self,
                                               const char    *key,
                                               const char    *value);
void           cnn_json_writer_add_boolean    (CnnJsonWriter *self,
                                               const char    *key,
                                               gboolean       value);
void           cnn_json_writer_add_int        (CnnJsonWriter *self,
                                               const char    *key,
                                               gint64         value);
void           cnn_json_writer_add_double     (CnnJsonWriter *self,
                                               const char    *key,
                                               double         value);
void           cnn_json_writer_add_float      (CnnJsonWriter *self,
                                               const char    *key,
                                               float          value);
void           cnn_json_writer_add_null       (CnnJsonWriter *self,
                                               const char    *key);

char          *cnn_double_to_string           (double         value);
char          *cnn_float_to_string            (float          value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CnnJsonWriter, cnn_json_writer_free)

G_END_DECLS

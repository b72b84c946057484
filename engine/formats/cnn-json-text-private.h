#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Engine-internal: JSON out of files that nobody vouches for. */

JsonObject *cnn_json_text_parse (JsonParser  *parser,
                                 const char  *text,
                                 gsize        length,
                                 GError     **error);

G_END_DECLS

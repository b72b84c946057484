#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A table of text whose columns stand under one another. */
typedef struct _CliTable CliTable;

CliTable *cli_table_new    (const char        *alignment);
void      cli_table_free   (CliTable          *self);
void      cli_table_add    (CliTable          *self,
                            const char *const *cells);
void      cli_table_rule   (CliTable          *self);
void      cli_table_print  (CliTable          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTable, cli_table_free)

G_END_DECLS

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What PyTorch answered for a picture of the pack. */
typedef struct
{
  int label;
  int predicted;
  int top5[5];
  double probabilities[5];
  double cross_entropy;
  double margin12;              /* between the first and the second logit */
  double margin56;              /* between the fifth and the sixth */
} CliOracleRow;

/* The first few figures of a run over the first n pictures. */
typedef struct
{
  double loss;
  double mean_cross_entropy;
  int n_correct;
  int n_top5;
} CliOracleSummary;

GArray   *cli_oracle_load_rows    (const char       *network,
                                   const char       *pipeline);
void      cli_oracle_load_summary (const char       *network,
                                   const char       *pipeline,
                                   guint             n,
                                   CliOracleSummary *summary);

G_END_DECLS

#pragma once

#include "fovea-job.h"
#include "fovea-session.h"

G_BEGIN_DECLS

/* The session's parts: fovea-session.c holds what is chosen,
 * fovea-session-open.c opens data sets and networks, fovea-session-look.c finds
 * out about one picture, fovea-session-evaluate.c about all of them. */

enum
{
  PROP_0,
  PROP_DATASET,
  PROP_DATASET_LOADING,
  PROP_NETWORK,
  PROP_NETWORK_LOADING,
  PROP_BUSY,
  PROP_SELECTION,
  PROP_SAMPLE,
  PROP_CLASS_FILTER,
  PROP_SEARCH,
  PROP_OPENING_FRACTION,
  PROP_PRESET,
  PROP_RECIPE,
  PROP_CARD,
  PROP_CROP_MODE,
  PROP_CROP,
  PROP_LAYER,
  PROP_PREPARED,
  PROP_PREDICTION,
  PROP_ACTIVATIONS,
  PROP_LAYER_TENSOR,
  PROP_PICTURE_PROBLEM,
  PROP_ANSWER_PROBLEM,
  PROP_RUN,
  PROP_EVALUATING,
  N_PROPS
};

typedef enum
{
  FOVEA_JOB_OPEN,
  FOVEA_JOB_DATASET,
  FOVEA_JOB_NETWORK,
  FOVEA_JOB_PREPARE,
  FOVEA_JOB_PREDICT,
  FOVEA_JOB_LOOK,
  FOVEA_JOB_LAYER,
  FOVEA_JOB_SAVE,
  FOVEA_N_JOBS
} FoveaSessionJob;

/* What was found about a picture. */
typedef struct
{
  CnnPrepared *prepared;
  CnnPrediction *prediction;
  CnnActivations *activations;
  CnnTensor *layer_tensor;
  char *picture_problem;
  char *answer_problem;
} FoveaFindings;

struct _FoveaSession
{
  GObject parent_instance;

  /* What is open. Owned. */
  CnnDataset *dataset;
  CnnNetwork *network;          /* as it is for pictures of the recipe's size */
  CnnNetwork *opened_network;   /* as its file has it */
  CnnPredictor *predictor;
  CnnModelCard *card;
  CnnLabels *labels;

  /* What of it is chosen. Owned. The data set's samples pass through these:
   *
   *   dataset ─► samples (class and search) ─► selection (one of them)
   */
  GtkFilter *filter;
  GtkFilterListModel *samples;
  GtkSingleSelection *selection;
  CnnSample *sample;
  char *search;
  GArray *matching_classes;
  int class_filter;

  char *preset;                 /* which recipe is wanted */
  CnnRecipe custom_recipe;      /* for the preset of that name */
  CnnRecipe recipe;             /* which one it is */
  CnnCropMode crop_mode;
  int crop;
  guint layer;

  /* Chosen before there was anything to choose from. Owned. */
  char *wanted_sample;
  char *wanted_layer;

  /* What was found about the sample: what everyone sees, and what is being
   * gathered for a sample that was chosen just now. */
  FoveaFindings findings;
  FoveaFindings arriving;
  gboolean gathering;
  guint patience;

  /* The runs, and where each sample (borrowed from the data set) is in the one
   * that is shown. Owned. */
  FoveaRuns *runs;
  GHashTable *numbers;

  /* How far the network has come that is being opened. Owned. */
  CnnProgress *progress;
  GFile *opening_file;
  guint progress_timer;

  FoveaJob jobs[FOVEA_N_JOBS];
  gboolean busy;
};

extern GParamSpec *fovea_session_props[N_PROPS];

void  fovea_session_notify        (FoveaSession *self,
                                   guint         prop);
void  fovea_session_update_busy   (FoveaSession *self);
void  fovea_session_report        (FoveaSession *self,
                                   const char   *title,
                                   const GError *error);
void  fovea_session_report_saved  (FoveaSession *self,
                                   GFile        *file);

void  fovea_session_add_runs      (FoveaSession *self);

void  fovea_session_list_samples  (FoveaSession *self);
void  fovea_session_filter_samples (FoveaSession *self);
void  fovea_session_set_network   (FoveaSession *self,
                                   CnnNetwork   *network,
                                   CnnPredictor *predictor,
                                   CnnModelCard *card);
void  fovea_session_update_recipe (FoveaSession *self);

void  fovea_session_look          (FoveaSession *self);
void  fovea_session_look_again    (FoveaSession *self);
void  fovea_session_look_at_crop  (FoveaSession *self);
void  fovea_session_look_at_layer (FoveaSession *self);
void  fovea_session_forget        (FoveaSession *self);

G_END_DECLS

#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"

#define DEFAULT_TOP 5

static const CliSyntax syntax = {
  .arguments = N_("IMAGE…"),
  .summary = N_("Tells what pictures show: the likeliest classes, and their probabilities. With\n"
                "several crops of a picture, the mean of their logits is ranked."),
  .n_min = 1,
  .n_max = G_MAXINT,
  .shared = CLI_WITH_MODEL | CLI_WITH_PRESET | CLI_WITH_CROPS | CLI_WITH_JSON,
};

/* Names for what the network answers: those given, else the model's own, else
 * ImageNet's where the numbers match, else none. */
static gboolean
find_labels (const char  *path,
             CnnLabels   *own,
             CnnNetwork  *network,
             CnnLabels  **labels,
             GError     **error)
{
  guint n_classes = cnn_network_get_n_classes (network);
  g_autoptr (CnnLabels) loaded = NULL;
  g_autoptr (GFile) file = NULL;

  if (path == NULL && own != NULL)
    {
      *labels = cnn_labels_ref (own);
      return TRUE;
    }

  if (path == NULL)
    {
      CnnLabels *imagenet = cnn_labels_get_imagenet ();

      if (cnn_labels_get_size (imagenet) == n_classes)
        *labels = cnn_labels_ref (imagenet);
      return TRUE;
    }

  file = g_file_new_for_commandline_arg (path);
  loaded = cnn_labels_load (file, NULL, error);
  if (loaded == NULL)
    return FALSE;

  if (cnn_labels_get_size (loaded) != n_classes)
    {
      g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE, _("%s: has %u classes; the network answers %u"),
                   path, cnn_labels_get_size (loaded), n_classes);
      return FALSE;
    }
  *labels = g_steal_pointer (&loaded);

  return TRUE;
}

static CnnPrediction *
predict (const char       *path,
         CnnPredictor     *predictor,
         const CliOptions *options,
         GError          **error)
{
  g_autoptr (CnnPrepared) prepared = cli_load_picture (path, &options->recipe, options->crops, error);
  g_autoptr (CnnTensor) crops = NULL;

  if (prepared == NULL)
    return NULL;

  crops = cnn_prepared_dup_tensor (prepared);

  return cnn_predictor_predict (predictor, crops, cli_get_n_threads (options), NULL, error);
}

static void
print_prediction (const char          *path,
                  const CnnPrediction *prediction,
                  CnnLabels           *labels,
                  guint                n_top)
{
  g_autofree CnnRanked *ranked = g_new (CnnRanked, n_top);
  g_autofree char *name = g_filename_display_name (path);
  guint n = cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS, ranked, n_top);

  g_print ("%s\n", name);
  for (guint i = 0; i < n; i++)
    g_print ("  %.4f  %4u  %s\n", ranked[i].probability, ranked[i].index,
             labels != NULL ? cnn_labels_get_name (labels, ranked[i].index) : "");
}

static void
write_ranked (CnnJsonWriter   *writer,
              const CnnRanked *ranked,
              CnnLabels       *labels)
{
  cnn_json_writer_add_int (writer, "index", ranked->index);
  cnn_json_writer_add_string (writer, "wnid",
                              labels != NULL ? cnn_labels_get_wnid (labels, ranked->index) : NULL);
  cnn_json_writer_add_string (writer, "name",
                              labels != NULL ? cnn_labels_get_name (labels, ranked->index) : NULL);
  cnn_json_writer_add_float (writer, "probability", ranked->probability);
  cnn_json_writer_add_float (writer, "logit", ranked->logit);
}

static void
write_prediction (CnnJsonWriter       *writer,
                  const char          *path,
                  const CnnPrediction *prediction,
                  CnnLabels           *labels,
                  guint                n_top)
{
  g_autofree CnnRanked *ranked = g_new (CnnRanked, n_top);
  g_autofree char *name = g_filename_display_name (path);
  guint n = cnn_prediction_get_top (prediction, CNN_MEAN_OF_CROPS, ranked, n_top);

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "file", name);
  cnn_json_writer_begin_array (writer, "top", CNN_JSON_LINES);
  for (guint i = 0; i < n; i++)
    {
      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      write_ranked (writer, &ranked[i], labels);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);

  cnn_json_writer_begin_array (writer, "per_crop", CNN_JSON_LINES);
  for (guint i = 0; i < cnn_prediction_get_n_crops (prediction); i++)
    {
      CnnRanked first;

      cnn_prediction_get_top (prediction, i, &first, 1);
      cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
      cnn_json_writer_add_string (writer, "crop", cli_get_crop_name (i));
      write_ranked (writer, &first, labels);
      cnn_json_writer_end (writer);
    }
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);
}

/* Classifies one picture after the other; one that cannot be read does not keep
 * the others from it. */
static CliStatus
classify (CnnPredictor     *predictor,
          CnnLabels        *labels,
          const CliOptions *options,
          guint             n_top,
          CnnJsonWriter    *writer)
{
  CliStatus status = CLI_DONE;

  for (guint i = 0; options->arguments[i] != NULL; i++)
    {
      const char *path = options->arguments[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (CnnPrediction) prediction = predict (path, predictor, options, &error);

      if (prediction == NULL)
        status = cli_fail (error);
      else if (writer != NULL)
        write_prediction (writer, path, prediction, labels, n_top);
      else
        print_prediction (path, prediction, labels, n_top);
    }

  return status;
}

static CliStatus
classify_to_json (CnnPredictor     *predictor,
                  CnnLabels        *labels,
                  const CliOptions *options,
                  guint             n_top)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *model = g_file_get_parse_name (options->model);
  g_autofree char *text = NULL;
  CliStatus status;

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "model", model);
  cnn_json_writer_add_string (writer, "preset", options->recipe.name);
  cnn_json_writer_add_string (writer, "crops", cnn_crop_mode_get_name (options->crops));
  cnn_json_writer_begin_array (writer, "images", CNN_JSON_LINES);
  status = classify (predictor, labels, options, n_top, writer);
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);

  text = cnn_json_writer_free_to_string (writer, NULL);
  g_print ("%s", text);

  return status;
}

CliStatus
cli_classify (int   argc,
              char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *labels_path = NULL;
  int n_top = DEFAULT_TOP;
  const GOptionEntry entries[] = {
    { "labels", 'l', 0, G_OPTION_ARG_FILENAME, &labels_path,
      N_("Names of the classes, one a line; by default ImageNet's"), N_("FILE") },
    { "top", 'k', 0, G_OPTION_ARG_INT, &n_top, N_("Show the N likeliest classes; 5 by default"), N_("N") },
    { NULL }
  };
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnLabels) labels = NULL;
  g_autoptr (GError) error = NULL;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      !cli_check_count ("--top", n_top, 1, &error))
    return cli_fail (error);

  network = cli_load_model (&options, &error);
  if (network == NULL ||
      !find_labels (labels_path, options.card != NULL ? cnn_model_card_get_labels (options.card) : NULL,
                    network, &labels, &error))
    return cli_fail (error);

  predictor = cnn_predictor_new (network);
  n_top = MIN ((guint) n_top, cnn_network_get_n_classes (network));

  return options.json ? classify_to_json (predictor, labels, &options, n_top)
                      : classify (predictor, labels, &options, n_top, NULL);
}

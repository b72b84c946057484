#define G_LOG_DOMAIN "fovea-cli"

#include "cli.h"
#include "cli-table.h"

#include <string.h>

static const CliSyntax syntax = {
  .arguments = N_("MODEL"),
  .summary = N_("Lists the layers of a network: what they do, what comes out of them, what they\n"
                "cost for one picture and which part of it a cell of their output sees."),
  .n_min = 1,
  .n_max = 1,
  .shared = CLI_WITH_JSON,
};

/* Up to four numbers that are mostly one: those of a window along the height and
 * the width, or at its four sides. n is 0 where a layer has no such thing. */
typedef struct
{
  gint64 values[4];
  guint n;
} Numbers;

static Numbers
make_pair (gint64 height,
           gint64 width)
{
  return (Numbers) { { height, width }, height == width ? 1 : 2 };
}

static gboolean
has_window (CnnLayer *layer)
{
  CnnKind kind = cnn_layer_get_kind (layer);

  return kind == CNN_KIND_CONVOLUTION || kind == CNN_KIND_MAX_POOL || kind == CNN_KIND_AVERAGE_POOL;
}

static Numbers
get_kernel (CnnLayer *layer)
{
  const guint *kernel = cnn_layer_get_attributes (layer)->kernel;

  return has_window (layer) ? make_pair (kernel[0], kernel[1]) : (Numbers) { .n = 0 };
}

static Numbers
get_stride (CnnLayer *layer)
{
  const guint *stride = cnn_layer_get_attributes (layer)->stride;

  return has_window (layer) ? make_pair (stride[0], stride[1]) : (Numbers) { .n = 0 };
}

static Numbers
get_padding (CnnLayer *layer)
{
  const guint *padding = cnn_layer_get_attributes (layer)->padding;

  if (!has_window (layer))
    return (Numbers) { .n = 0 };

  if (padding[0] == padding[2] && padding[1] == padding[3])
    return make_pair (padding[0], padding[1]);

  return (Numbers) { { padding[0], padding[1], padding[2], padding[3] }, 4 };
}

/* "3", "3×1", or "" where there are none. */
static char *
format_numbers (Numbers     numbers,
                const char *separator)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < numbers.n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? separator : "", numbers.values[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A number, an array of them, or null. */
static void
write_numbers (CnnJsonWriter *writer,
               const char    *key,
               Numbers        numbers)
{
  if (numbers.n == 0)
    {
      cnn_json_writer_add_null (writer, key);
      return;
    }

  if (numbers.n == 1)
    {
      cnn_json_writer_add_int (writer, key, numbers.values[0]);
      return;
    }

  cnn_json_writer_begin_array (writer, key, CNN_JSON_INLINE);
  for (guint i = 0; i < numbers.n; i++)
    cnn_json_writer_add_int (writer, NULL, numbers.values[i]);
  cnn_json_writer_end (writer);
}

static void
write_shape (CnnJsonWriter  *writer,
             const char     *key,
             const CnnShape *shape)
{
  cnn_json_writer_begin_array (writer, key, CNN_JSON_INLINE);
  for (guint i = 0; i < shape->n_dims; i++)
    cnn_json_writer_add_int (writer, NULL, shape->dims[i]);
  cnn_json_writer_end (writer);
}

static void
write_cost (CnnJsonWriter *writer,
            const CnnCost *cost)
{
  cnn_json_writer_add_int (writer, "parameters", cost->parameters);
  cnn_json_writer_add_int (writer, "multiplications", cost->multiplications);
  cnn_json_writer_add_int (writer, "additions", cost->additions);
  cnn_json_writer_add_int (writer, "comparisons", cost->comparisons);
  cnn_json_writer_add_int (writer, "flops", cost->flops);
}

static void
write_layer (CnnJsonWriter *writer,
             CnnLayer      *layer,
             CnnConvention  convention)
{
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (layer);
  CnnCost cost;

  cnn_layer_get_cost (layer, convention, &cost);

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_INLINE);
  cnn_json_writer_add_string (writer, "name", cnn_layer_get_name (layer));
  cnn_json_writer_add_string (writer, "kind", cnn_kind_get_name (cnn_layer_get_kind (layer)));
  write_numbers (writer, "kernel", get_kernel (layer));
  write_numbers (writer, "stride", get_stride (layer));
  write_numbers (writer, "padding", get_padding (layer));
  write_shape (writer, "output", cnn_layer_get_shape (layer));
  write_cost (writer, &cost);
  cnn_json_writer_begin_object (writer, "receptive_field", CNN_JSON_INLINE);
  write_numbers (writer, "size", make_pair (field->size[0], field->size[1]));
  write_numbers (writer, "stride", make_pair (field->stride[0], field->stride[1]));
  write_numbers (writer, "offset", make_pair (field->offset[0], field->offset[1]));
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);
}

static void
print_json (CnnNetwork    *network,
            CnnConvention  convention)
{
  CnnJsonWriter *writer = cnn_json_writer_new ();
  g_autofree char *model = g_file_get_parse_name (cnn_network_get_file (network));
  g_autofree char *text = NULL;
  CnnCost total;

  cnn_network_get_cost (network, convention, &total);

  cnn_json_writer_begin_object (writer, NULL, CNN_JSON_LINES);
  cnn_json_writer_add_string (writer, "model", model);
  cnn_json_writer_add_string (writer, "architecture", cnn_network_get_name (network));
  write_shape (writer, "input", cnn_network_get_input_shape (network));
  cnn_json_writer_add_string (writer, "convention", cnn_convention_get_name (convention));
  cnn_json_writer_begin_object (writer, "total", CNN_JSON_LINES);
  write_cost (writer, &total);
  cnn_json_writer_end (writer);
  cnn_json_writer_begin_array (writer, "layers", CNN_JSON_LINES);
  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    write_layer (writer, cnn_network_get_layer (network, i), convention);
  cnn_json_writer_end (writer);
  cnn_json_writer_end (writer);

  text = cnn_json_writer_free_to_string (writer, NULL);
  g_print ("%s", text);
}

/* A cell of a comma-separated table, quoted as RFC 4180 has it. */
static char *
quote_cell (const char *text)
{
  g_autoptr (GString) quoted = NULL;

  if (strpbrk (text, ",\"\r\n") == NULL)
    return g_strdup (text);

  quoted = g_string_new (text);
  g_string_replace (quoted, "\"", "\"\"", 0);
  g_string_prepend_c (quoted, '"');
  g_string_append_c (quoted, '"');

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static Numbers
get_output (CnnLayer *layer)
{
  const CnnShape *shape = cnn_layer_get_shape (layer);
  Numbers numbers = { .n = MIN (shape->n_dims, G_N_ELEMENTS (numbers.values)) };

  for (guint i = 0; i < numbers.n; i++)
    numbers.values[i] = shape->dims[i];

  return numbers;
}

static void
print_csv (CnnNetwork    *network,
           CnnConvention  convention)
{
  g_print ("name,kind,kernel,stride,padding,output,parameters,multiplications,additions,comparisons,flops,"
           "field_size,field_stride,field_offset\r\n");

  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    {
      CnnLayer *layer = cnn_network_get_layer (network, i);
      const CnnReceptiveField *field = cnn_layer_get_receptive_field (layer);
      g_autofree char *name = quote_cell (cnn_layer_get_name (layer));
      g_autofree char *kernel = format_numbers (get_kernel (layer), "x");
      g_autofree char *stride = format_numbers (get_stride (layer), "x");
      g_autofree char *padding = format_numbers (get_padding (layer), "x");
      g_autofree char *output = format_numbers (get_output (layer), "x");
      g_autofree char *field_size = format_numbers (make_pair (field->size[0], field->size[1]), "x");
      g_autofree char *field_stride = format_numbers (make_pair (field->stride[0], field->stride[1]), "x");
      g_autofree char *field_offset = format_numbers (make_pair (field->offset[0], field->offset[1]), "x");
      CnnCost cost;

      cnn_layer_get_cost (layer, convention, &cost);
      g_print ("%s,%s,%s,%s,%s,%s,"
               "%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ","
               "%" G_GUINT64_FORMAT ",%s,%s,%s\r\n",
               name, cnn_kind_get_name (cnn_layer_get_kind (layer)), kernel, stride, padding, output,
               cost.parameters, cost.multiplications, cost.additions, cost.comparisons,
               cost.flops, field_size, field_stride, field_offset);
    }
}

/**
 * cli_explain_convention:
 * @convention: how operations were counted
 *
 * Returns: a sentence or two for below the figures, without a newline at the end
 */
const char *
cli_explain_convention (CnnConvention convention)
{
  switch (convention)
    {
    case CNN_CONVENTION_HOMEWORK:
      return _("Counted as in the homework: one FLOP a multiplication, one an addition, n−1 a maximum\n"
               "over n values; additions of a bias, and ReLU, are not counted.");

    case CNN_CONVENTION_MAC:
      return _("Counted as MACs: one a multiply-accumulate of a convolution or linear layer, nothing else.");

    case CNN_CONVENTION_FLOP:
      return _("Counted as FLOPs: two a multiply-accumulate, and one every other arithmetic operation and\n"
               "comparison, bias, batch norm and ReLU among them.");

    default:
      g_assert_not_reached ();
    }
}

/* The texts of a row, between them the figures. MACs are one figure, other
 * conventions add three up. */
static void
add_row (CliTable          *table,
         const char *const  texts[6],
         const CnnCost     *cost,
         CnnConvention      convention,
         const char        *field)
{
  const guint64 parts[] = { cost->multiplications, cost->additions, cost->comparisons };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *parameters = g_strdup_printf ("%" G_GUINT64_FORMAT, cost->parameters);
  g_autofree char *flops = g_strdup_printf ("%" G_GUINT64_FORMAT, cost->flops);
  g_auto (GStrv) cells = NULL;

  for (guint i = 0; i < 6; i++)
    g_strv_builder_add (builder, texts[i]);

  g_strv_builder_add (builder, parameters);
  for (guint i = 0; convention != CNN_CONVENTION_MAC && i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *part = g_strdup_printf ("%" G_GUINT64_FORMAT, parts[i]);

      g_strv_builder_add (builder, part);
    }
  g_strv_builder_add (builder, flops);
  g_strv_builder_add (builder, field);

  cells = g_strv_builder_end (builder);
  cli_table_add (table, (const char *const *) cells);
}

static void
add_layer (CliTable      *table,
           CnnLayer      *layer,
           CnnConvention  convention)
{
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (layer);
  g_autofree char *kernel = format_numbers (get_kernel (layer), "×");
  g_autofree char *stride = format_numbers (get_stride (layer), "×");
  g_autofree char *padding = format_numbers (get_padding (layer), "×");
  gboolean is_known = cnn_layer_get_kind (layer) != CNN_KIND_UNKNOWN;
  g_autofree char *output = is_known ? cnn_shape_to_string (cnn_layer_get_shape (layer)) : g_strdup ("");
  g_autofree char *sees = is_known ? format_numbers (make_pair (field->size[0], field->size[1]), "×") : g_strdup ("");
  CnnCost cost;

  cnn_layer_get_cost (layer, convention, &cost);
  add_row (table, (const char *[]) {
             cnn_layer_get_name (layer), cnn_kind_get_name (cnn_layer_get_kind (layer)),
             kernel, stride, padding, output,
           }, &cost, convention, sees);
}

static CliTable *
make_table (CnnConvention convention)
{
  gboolean is_mac = convention == CNN_CONVENTION_MAC;
  CliTable *table = cli_table_new (is_mac ? "llrrrrrrr" : "llrrrrrrrrrr");

  if (is_mac)
    cli_table_add (table, (const char *[]) {
      _("Layer"), _("Kind"), _("Kernel"), _("Stride"), _("Padding"), _("Output"), _("Parameters"),
      _("MACs"), _("Field"), NULL
    });
  else
    cli_table_add (table, (const char *[]) {
      _("Layer"), _("Kind"), _("Kernel"), _("Stride"), _("Padding"), _("Output"), _("Parameters"),
      _("Multiplications"), _("Additions"), _("Comparisons"), _("FLOPs"), _("Field"), NULL
    });

  return table;
}

static void
print_table (CnnNetwork    *network,
             CnnConvention  convention)
{
  g_autoptr (CliTable) table = make_table (convention);
  g_autofree char *input = cnn_shape_to_string (cnn_network_get_input_shape (network));
  CnnCost total;

  cnn_network_get_cost (network, convention, &total);

  cli_table_rule (table);
  for (guint i = 0; i < cnn_network_get_n_layers (network); i++)
    add_layer (table, cnn_network_get_layer (network, i), convention);
  cli_table_rule (table);
  add_row (table, (const char *[]) { _("Total"), "", "", "", "", "" }, &total, convention, "");

  g_print (_("%s, input %s\n\n"), cnn_network_get_name (network), input);
  cli_table_print (table);
  g_print ("\n%s\n", cli_explain_convention (convention));
}

/* "3x224x224": one picture of that size. */
static gboolean
parse_input (const char  *text,
             CnnShape    *shape,
             GError     **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint n = g_strv_length (parts);

  *shape = CNN_SHAPE_1 (1);

  for (guint i = 0; n == 3 && i < n; i++)
    {
      guint64 value;

      if (!g_ascii_string_to_unsigned (parts[i], 10, 1, G_MAXINT32, &value, NULL))
        break;
      shape->dims[shape->n_dims++] = value;
    }

  if (shape->n_dims != 4)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("--input is “%s”; expected channels, height and width, such as 3x224x224"), text);

  return shape->n_dims == 4;
}

static CnnNetwork *
load (const char      *path,
      const CnnShape  *input,
      GError         **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

  return cnn_network_load_for_input (file, input, NULL, error);
}

CliStatus
cli_layers (int   argc,
            char *argv[])
{
  g_auto (CliOptions) options = CLI_OPTIONS_INIT;
  g_autofree char *input_text = NULL;
  g_autofree char *convention_name = NULL;
  gboolean csv = FALSE;
  const GOptionEntry entries[] = {
    { "input", 'i', 0, G_OPTION_ARG_STRING, &input_text,
      N_("Size of the picture: channels, height and width, such as 3x224x224"), N_("CxHxW") },
    { "convention", 0, 0, G_OPTION_ARG_STRING, &convention_name,
      N_("How operations are counted: homework (the default), mac or flop"), N_("NAME") },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, N_("Write comma-separated values"), NULL },
    { NULL }
  };
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  CnnConvention convention = CNN_CONVENTION_HOMEWORK;
  CnnShape input;

  if (!cli_options_parse (&options, &syntax, entries, argc, argv, &error) ||
      (input_text != NULL && !parse_input (input_text, &input, &error)))
    return cli_fail (error);

  if (convention_name != NULL && !cnn_convention_parse (convention_name, &convention))
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("--convention is “%s”; expected homework, mac or flop"), convention_name);
  else if (csv && options.json)
    g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("--json and --csv: expected one of the two"));
  else
    network = load (options.arguments[0], input_text != NULL ? &input : NULL, &error);

  if (network == NULL)
    return cli_fail (error);

  if (options.json)
    print_json (network, convention);
  else if (csv)
    print_csv (network, convention);
  else
    print_table (network, convention);

  /* The list is all there is to see: what it lacks is said beside it. */
  if (!cnn_network_check_complete (network, &error))
    g_printerr ("fovea-cli layers: %s\n", error->message);

  return CLI_DONE;
}

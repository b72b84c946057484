/* A door for libFuzzer to every reader of models; see engine/README.md. */

#include "formats/cnn-model-file-private.h"
#include "formats/cnn-state-dict-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/fuzzed.onnx");
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (CnnStateDict) dict = NULL;
  g_autoptr (CnnNetwork) network = NULL;

  if (size == 0)
    return 0;

  dict = cnn_state_dict_read (bytes, file, NULL, NULL);
  network = cnn_network_read (bytes, file, NULL, NULL, NULL);

  return 0;
}

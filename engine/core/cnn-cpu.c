#define G_LOG_DOMAIN "cnn-cpu"

#include "core/cnn-cpu.h"

#include <string.h>

static const char *const level_names[] = { "c", "avx2", "avx512" };

static CnnCpuLevel
detect_level (void)
{
#if defined (__x86_64__) || defined (__i386__)
  __builtin_cpu_init ();

  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return CNN_CPU_AVX512;

  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return CNN_CPU_AVX2;
#endif

  return CNN_CPU_C;
}

static CnnCpuLevel
cap_level (CnnCpuLevel level)
{
  const char *cap = g_getenv ("FOVEA_CPU");

  if (cap == NULL || *cap == '\0')
    return level;

  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (strcmp (cap, level_names[i]) == 0)
      return MIN (level, (CnnCpuLevel) i);

  g_warning ("FOVEA_CPU is “%s”; expected c, avx2 or avx512", cap);

  return level;
}

/**
 * cnn_cpu_get_level:
 *
 * Tells which instruction set the kernels use: the best that this processor
 * has, capped by the environment variable `FOVEA_CPU` (c, avx2 or avx512). It
 * does not change while the program runs.
 *
 * Returns: the level
 */
CnnCpuLevel
cnn_cpu_get_level (void)
{
  static gsize level_plus_one = 0;

  if (g_once_init_enter (&level_plus_one))
    g_once_init_leave (&level_plus_one, (gsize) cap_level (detect_level ()) + 1);

  return (CnnCpuLevel) (level_plus_one - 1);
}

/**
 * cnn_cpu_level_get_name:
 * @level: a level
 *
 * Returns: its name as `FOVEA_CPU` takes it
 */
const char *
cnn_cpu_level_get_name (CnnCpuLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (level_names), NULL);

  return level_names[level];
}

static char *
read_model_name (void)
{
  g_autofree char *info = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/cpuinfo", &info, NULL, NULL))
    return g_strdup ("unknown processor");

  lines = g_strsplit (info, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *colon = strchr (lines[i], ':');

      if (g_str_has_prefix (lines[i], "model name") && colon != NULL)
        return g_strstrip (g_strdup (colon + 1));
    }

  return g_strdup ("unknown processor");
}

/**
 * cnn_cpu_get_model_name:
 *
 * Returns: what the processor calls itself, for reports
 */
const char *
cnn_cpu_get_model_name (void)
{
  static char *name = NULL;

  if (g_once_init_enter (&name))
    g_once_init_leave (&name, read_model_name ());

  return name;
}

/**
 * cnn_cpu_get_n_threads:
 *
 * Returns: how many threads this process can run at once, at least 1
 */
guint
cnn_cpu_get_n_threads (void)
{
  return g_get_num_processors ();
}

/**
 * cnn_cpu_ignore_tiny:
 *
 * Lets this thread take floating point numbers that are too small for all of their
 * bits (below 10⁻³⁸ in float32) for zeros. Processors compute a hundred times slower
 * with them, and sigmoids bring them about by the thousand.
 *
 * Returns: how it was before, for [func@cpu_restore_mode]
 */
guint64
cnn_cpu_ignore_tiny (void)
{
#if defined (__x86_64__)
  /* Flush to zero what comes out, and take for zero what goes in. */
  guint mode = __builtin_ia32_stmxcsr ();

  __builtin_ia32_ldmxcsr (mode | 0x8040);

  return mode;
#elif defined (__aarch64__)
  guint64 mode;

  __asm__ volatile ("mrs %0, fpcr" : "=r" (mode));
  __asm__ volatile ("msr fpcr, %0" : : "r" (mode | 1 << 24));

  return mode;
#else
  return 0;
#endif
}

/**
 * cnn_cpu_restore_mode:
 * @mode: what cnn_cpu_ignore_tiny() returned in this thread
 */
void
cnn_cpu_restore_mode (guint64 mode)
{
#if defined (__x86_64__)
  __builtin_ia32_ldmxcsr (mode);
#elif defined (__aarch64__)
  __asm__ volatile ("msr fpcr, %0" : : "r" (mode));
#endif
}

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CnnCpuLevel:
 * @CNN_CPU_C: plain C
 * @CNN_CPU_AVX2: AVX2 and FMA
 * @CNN_CPU_AVX512: AVX-512 F, BW, DQ and VL
 *
 * The instruction sets that kernels are written for, least first.
 */
typedef enum
{
  CNN_CPU_C,
  CNN_CPU_AVX2,
  CNN_CPU_AVX512,
} CnnCpuLevel;

CnnCpuLevel  cnn_cpu_get_level      (void);
const char  *cnn_cpu_level_get_name (CnnCpuLevel level);
const char  *cnn_cpu_get_model_name (void);
guint        cnn_cpu_get_n_threads  (void);

guint64      cnn_cpu_ignore_tiny    (void);
void         cnn_cpu_restore_mode   (guint64         mode);

G_END_DECLS

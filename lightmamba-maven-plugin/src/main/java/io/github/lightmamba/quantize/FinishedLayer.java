package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.LayerScalars;
import io.github.lightmamba.report.LayerDistributions;

/**
 * What stays in memory of a block that was quantized and written: what is written at the end, when the residual's
 * binary point is known.
 *
 * @param scalars of the block
 * @param outProjKappas κ of out_proj for a provisional binary point of the residual
 * @param outProjBias for the same, or empty
 * @param distributions for the picture
 */
record FinishedLayer(
    LayerScalars scalars, byte[] outProjKappas, int[] outProjBias, LayerDistributions distributions) {}

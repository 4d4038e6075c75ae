package io.github.lightmamba.report;

/**
 * What the two linear layers of a block multiply.
 *
 * @param inProjInput activations
 * @param outProjInput activations
 * @param inProjWeight weights
 * @param outProjWeight weights
 */
public record LayerDistributions(
    Distribution inProjInput, Distribution outProjInput, Distribution inProjWeight, Distribution outProjWeight) {}

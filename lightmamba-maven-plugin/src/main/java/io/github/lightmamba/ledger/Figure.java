package io.github.lightmamba.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A figure, as far as it is known at each {@link Origin}.
 *
 * @param estimate before any tool
 * @param csynth by high-level synthesis
 * @param routed after routing
 * @param board measured
 * @param note what is special about a value; null where nothing is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Figure(Double estimate, Double csynth, Double routed, Double board, String note) {
  /** Returns one without a note. */
  public static Figure of(Double estimate, Double csynth, Double routed) {
    return new Figure(estimate, csynth, routed, null, null);
  }

  /** Returns the value of an origin, or null. */
  public Double at(Origin origin) {
    return switch (origin) {
      case ESTIMATE -> estimate;
      case CSYNTH -> csynth;
      case ROUTED -> routed;
      case BOARD -> board;
    };
  }

  /**
   * Returns how far a prediction was off, as a share of what came; null, if one of them is not known or nothing came.
   *
   * @param predicted the earlier origin
   * @param came the later one
   */
  public Double error(Origin predicted, Origin came) {
    Double before = at(predicted);
    Double after = at(came);
    return before == null || after == null || after == 0 ? null : (before - after) / after;
  }

  /** Returns the error of each prediction against everything later, for readers of the file. */
  @JsonProperty(value = "errors", access = JsonProperty.Access.READ_ONLY)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  Map<String, Double> errors() {
    Map<String, Double> errors = new LinkedHashMap<>();
    for (Origin predicted : Origin.values()) {
      for (Origin came : Origin.values()) {
        Double error = predicted.compareTo(came) < 0 ? error(predicted, came) : null;
        if (error != null) {
          errors.put(predicted.column() + " against " + came.column(), error);
        }
      }
    }
    return errors;
  }

  /** Returns this with what a later build tells; what that does not tell stays. */
  Figure with(Figure later) {
    return new Figure(
        later.estimate == null ? estimate : later.estimate,
        later.csynth == null ? csynth : later.csynth,
        later.routed == null ? routed : later.routed,
        later.board == null ? board : later.board,
        later.note == null ? note : later.note);
  }
}

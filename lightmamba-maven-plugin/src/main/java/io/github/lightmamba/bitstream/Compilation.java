package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Compiles the kernels side by side. */
final class Compilation {
  private static final long END_SECONDS = 30;

  private final BitstreamRequest request;
  private final BuildPlan plan;
  private final Progress progress;

  Compilation(BitstreamRequest request, BuildPlan plan, Progress progress) {
    this.request = request;
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Compiles all kernels; the first failure ends the others.
   *
   * @return the manifests of the steps, in their order
   */
  List<Manifest> run() throws IOException {
    List<CompileStep> steps = plan.compileSteps();
    int threads = Math.min(request.options().jobs(), steps.size());
    progress.info("compiles " + steps.size() + " kernels, " + threads + " at a time, on " + request.executor().place());
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CompletionService<Manifest> service = new ExecutorCompletionService<>(pool);
      List<Future<Manifest>> futures = new ArrayList<>();
      for (CompileStep step : steps) {
        futures.add(service.submit(() -> JudgedStep.run(request.steps(), request.step(), step)));
      }
      for (int i = 0; i < futures.size(); i++) {
        service.take().get();
      }
      List<Manifest> manifests = new ArrayList<>();
      for (Future<Manifest> future : futures) {
        manifests.add(future.get());
      }
      return manifests;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while compiling").initCause(e);
    } finally {
      end(pool);
    }
  }

  /** Nothing of a failed build runs on. */
  private static void end(ExecutorService pool) {
    pool.shutdownNow();
    try {
      pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

-- Rights of the two groups that are not the owner. Runs after every `entente migrate`, so that groups created later
-- and objects of new migrations get theirs; everything here may be repeated.
--
-- entente_worker: what `worker`, `submit` and `replay` need; no DELETE, no DDL, roll-ups only through triggers.
-- entente_reader: views only.

REVOKE ALL ON SCHEMA entente FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA entente FROM PUBLIC;
GRANT USAGE ON SCHEMA entente TO entente_worker, entente_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA entente TO entente_worker;
GRANT INSERT, UPDATE ON
    entente.analyses, entente.analysis_names, entente.classes, entente.descriptors, entente.class_language_concepts,
    entente.text_embeddings, entente.submissions, entente.images, entente.image_results, entente.part_results,
    entente.job_offsets, entente.in_flight_jobs, entente.failed_images, entente.dead_letters,
    entente.ground_truth_results
    TO entente_worker;
GRANT EXECUTE ON FUNCTION
    entente.advance_offset(text, text, integer, bigint, bigint, bigint),
    entente.advance_offset(text, text, integer, bigint, bigint, bigint, bigint, bytea),
    entente.claim_offset(text, text, integer, text, integer),
    entente.claim_partition(text, text, integer, text, integer),
    entente.begin_topic(text, text, bigint[], bigint), entente.announce_owner(text),
    entente.release_offset(text, text, integer, bigint),
    entente.take_job(text, text, integer, bigint, bigint, boolean),
    entente.note_progress(text, text, integer, bigint, bigint, integer), entente.note_trap(text),
    entente.note_failure_window(text, text, boolean[], integer), entente.take_failure_window(text, text),
    entente.begin_job(text, text, integer, bigint, bigint, boolean, text, text[], boolean, text),
    entente.open_job(
        text, text, integer, bigint, bigint, boolean, text, text[], text[], boolean, text),
    entente.is_elsewhere(text, text), entente.check_group_digests(text[], text[], text[]),
    entente.differing_results(text[], text[], integer[], text[], text[]),
    entente.check_results(text[], text[], integer[], text[], text[]),
    entente.rollup_differences(text), entente.score_rollup_differences(text),
    entente.recomputed_throughput_rollups(text), entente.recomputed_progress_rollups(text),
    entente.recomputed_image_rollups(text), entente.recomputed_part_rollups(text),
    entente.recomputed_concept_rollups(text), entente.without_trailing_zeros(bigint[]),
    entente.negated_curve(bigint[]), entente.cancel_submission(text)
    TO entente_worker;

GRANT SELECT ON
    entente.analysis_progress, entente.analysis_summary, entente.mi_dynamics, entente.class_summary,
    entente.mutual_concept_ranking, entente.class_concept_ranking, entente.model_comparison, entente.failures,
    entente.image_scores, entente.image_concepts, entente.image_curves, entente.language_concepts,
    entente.replay_comparison, entente.replay_image_comparison, entente.analysis_throughput,
    entente.partition_progress, entente.submission_progress, entente.class_confusion, entente.replays,
    entente.replay_class_comparison, entente.replay_concept_comparison, entente.replay_flips,
    entente.replay_image_changes, entente.ground_truth_summary
    TO entente_reader;
-- A view's functions run with the rights of whoever reads it.
GRANT EXECUTE ON FUNCTION entente.add_curves(bigint[], bigint[]), entente.sum_curves(bigint[]),
    entente.compare_analyses(text, text), entente.compare_images(text, text)
    TO entente_worker, entente_reader;

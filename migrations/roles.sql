-- Rights of the two groups that are not the owner. Runs after every `entente migrate`, so that groups created later
-- and objects of new migrations get theirs; everything here may be repeated.
--
-- entente_worker: what `worker`, `submit` and `replay` need; no DELETE, no DDL, roll-ups only through triggers.
-- entente_reader: views only.

REVOKE ALL ON SCHEMA entente FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA entente FROM PUBLIC;
GRANT USAGE ON SCHEMA entente TO entente_worker, entente_reader;

-- What earlier versions gave and no statement uses; columns go with their tables.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA entente
    FROM entente_worker, entente_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA entente TO entente_worker;
GRANT INSERT ON
    entente.analyses, entente.analysis_names, entente.classes, entente.descriptors, entente.class_language_concepts,
    entente.text_embeddings, entente.submissions, entente.images, entente.image_results, entente.part_results,
    entente.job_offsets, entente.in_flight_jobs, entente.failed_images, entente.dead_letters,
    entente.ground_truth_results, entente.judged_results
    TO entente_worker;
-- Just the columns that some statement of a worker or a command sets. Classes, descriptors, language concepts and text
-- embeddings stay as they were first written, and so does an analysis but for its name; no key ever changes.
GRANT UPDATE (name) ON entente.analyses TO entente_worker;
GRANT UPDATE (named_at) ON entente.analysis_names TO entente_worker;
GRANT UPDATE (images, jobs, jobs_produced, finished_at) ON entente.submissions TO entente_worker;
GRANT UPDATE (uri, other_uri, sha256, label, group_name, submission) ON entente.images TO entente_worker;
GRANT UPDATE (
    label_index, predicted_index, top_classes, top_similarities, top_probabilities, group_name, group_digest, sha256,
    submission, worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds, encode_microseconds,
    concepts_microseconds, shard, written_at
) ON entente.image_results TO entente_worker;
GRANT UPDATE (
    label_index, predicted_index, shard, vision_count, language_count, overlap, mi_released, auc_released,
    curve_released, mi_membership, auc_membership, curve_membership, nmi_max, ami, p_value, vision_descriptors,
    vision_relevances, vision_parts, vision_mutual, grid_height, grid_width, grid, boxes, flags
) ON entente.part_results TO entente_worker;
GRANT UPDATE (label_index, shard, draws, points, amount, difference) ON entente.judged_results TO entente_worker;
-- Whose a partition is changes through functions alone.
GRANT UPDATE (
    epoch, next_offset, updated_at, cluster_id, last_offset, last_digest, begins_at, held_because, held_since,
    is_other_log
) ON entente.job_offsets TO entente_worker;
GRANT UPDATE (owner, is_alone, taken_at, progress, has_trapped) ON entente.in_flight_jobs TO entente_worker;
GRANT UPDATE (kind, message, attempts, worker, shard, failed_at) ON entente.failed_images TO entente_worker;
GRANT UPDATE (
    message_timestamp, message_key, message_value, header_names, header_values, reason, published, published_at,
    written_at, requeued_at, requeue_count, withheld
) ON entente.dead_letters TO entente_worker;
GRANT UPDATE (
    box_overlap, foreground_overlap, purity, adjusted_rand_index, mutual_count, mutual_true, vision_count, vision_true,
    bank_count, bank_true, result_written_at, scored_at, box_chance
) ON entente.ground_truth_results TO entente_worker;
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
    entente.negated_curve(bigint[]), entente.throughput_rollup_differences(text),
    entente.judged_rollup_differences(text), entente.recomputed_judged_rollups(text), entente.cancel_submission(text)
    TO entente_worker;

GRANT SELECT ON
    entente.analysis_progress, entente.analysis_summary, entente.mi_dynamics, entente.class_summary,
    entente.mutual_concept_ranking, entente.class_concept_ranking, entente.model_comparison, entente.failures,
    entente.image_scores, entente.image_concepts, entente.image_curves, entente.language_concepts,
    entente.replay_comparison, entente.replay_image_comparison, entente.analysis_throughput,
    entente.partition_progress, entente.submission_progress, entente.class_confusion, entente.replays,
    entente.replay_class_comparison, entente.replay_concept_comparison, entente.replay_flips,
    entente.replay_image_changes, entente.ground_truth_summary, entente.mutual_concepts,
    entente.faithfulness_summary, entente.foreground_summary, entente.class_faithfulness, entente.image_judgements,
    entente.image_sources, entente.image_parts, entente.image_classes, entente.image_agreements,
    entente.image_predictions, entente.analysis_settings, entente.analysis_classes, entente.analysis_descriptors,
    entente.concept_classes, entente.class_points, entente.unlabelled_points,
    entente.zero_shot_summary
    TO entente_reader;
-- A view's functions run with the rights of whoever reads it.
GRANT EXECUTE ON FUNCTION entente.add_curves(bigint[], bigint[]), entente.sum_curves(bigint[]),
    entente.compare_analyses(text, text), entente.compare_images(text, text),
    entente.half_width(numeric, numeric, numeric), entente.share_low(bigint, bigint), entente.share_high(bigint, bigint),
    entente.judged_unit(text), entente.visible_uri(text)
    TO entente_worker, entente_reader;

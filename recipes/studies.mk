# The studies whose pages stand in docs/results. `make fusion-study` goes from the corpora to the page, resumable like
# `make default-model`; `make results` makes the pages anew from the summaries that are committed, in seconds.

STUDY_SEEDS ?= 13 29 47
FUSION_MEMBERS ?= mpnet minilm no-encoder feature-crf
FUSION_CORPORA ?= ncbi-disease bc5cdr
SUMMARIES ?= docs/results/summaries

.PHONY: fusion-study results

fusion-study: $(VENV)/.all $(STUDY_SEEDS:%=$(STEPS)/fusion-%) ## train the members of the fusion study, fuse and report
	@$(MAKE) --no-print-directory results

results: $(VENV)/.all ## the studies' pages in docs/results, from their committed summaries
	$(BIOWEAVE) report $(sort $(wildcard $(SUMMARIES)/*.json)) -o docs/results

# $(call member,recipe,seed)
define member
$(STEPS)/member-$(1)-$(2): recipes/$(1).toml $(STEPS)/encoders
	$$(call timed,$$(BIOWEAVE) train recipes/$(1).toml -o $$(RUNS)/members/$(1)-$(2) --resume --set seed=$(2))
$(STEPS)/fusion-$(2): $(STEPS)/member-$(1)-$(2)
endef
$(foreach seed,$(STUDY_SEEDS),$(foreach one,$(FUSION_MEMBERS),$(eval $(call member,$(one),$(seed)))))

$(STEPS)/fusion-%:
	$(call timed,mkdir -p $(SUMMARIES) && $(BIOWEAVE) fuse $(FUSION_MEMBERS:%=$(RUNS)/members/%-$*) \
	    $(FUSION_CORPORA:%=--corpus %) --test --json > $(SUMMARIES)/fusion-$*.json)

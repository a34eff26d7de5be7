# The studies whose pages stand in docs/results. `make studies`, or one of them such as `make ablation-study`, goes from the
# corpora to the page, resumable like `make default-model`: each leaves a summary in SUMMARIES, which is committed.
# `make results` makes the pages anew from those summaries, in seconds.
#
# Estimates for two idle cores (a Zen 4), from the processor time of a step of 16 windows of 128 pieces: 0.9 s with MiniLM
# alone and 1.0 s with all of recipes/ablation.toml beside it; and 10 to 40 s to begin a run and to measure it. Two runs side
# by side, of one thread each, take a fifth less than one after the other on two. A run is
#   fusion        mpnet 1.3 hours, MiniLM 0.5, the other two members and fusing 0.4; three seeds: 6.6 hours
#   ablation      5 minutes, 42 of them (14 recipes, 3 seeds): 3.4 hours
#   augmentation  75 s, 115 s and 165 s with 5%, 25% and 100%, 24 of each: 2.4 hours
#   adaptation    45 s, 75 s and 130 s with 10, 50 and 200 documents, 12 of each, one after the other: 0.8 hours
#   explanations  200 mentions of a finished bundle: half an hour, one after the other
#   tuning        4 minutes, or 2.5 for those given up; 20, and 6 at the end, one after the other: 1.4 hours

STUDY_SEEDS ?= 13 29 47
# Runs side by side. The search has one: what it tries then follows from its seed alone. So has adaptation, whose minutes are
# then those of a machine that does nothing else.
STUDY_JOBS ?= 2
SUMMARIES ?= docs/results/summaries

FUSION_MEMBERS ?= mpnet minilm no-encoder feature-crf
FUSION_CORPORA ?= ncbi-disease bc5cdr

# Share of ncbi-disease : windows a batch : epochs. The fewer documents, the more epochs, that something is learned at all.
AUGMENTATION_SIZES ?= 0.05:8:24 0.25:16:8 1:16:3

# Those of recipes/adaptation-CORPUS.toml. Documents : windows a batch : epochs.
ADAPTATION_CORPORA ?= s800 jnlpba
ADAPTATION_SIZES ?= 10:8:30 50:8:12 200:16:6

TUNING_TRIALS ?= 20
# Not the recipe's own, which the search has used.
TUNING_SEEDS ?= 29 47 61

EXPLAINED_MENTIONS ?= 200

STUDIES := fusion ablation augmentation adaptation tuning explanations
FUSION_STEPS = $(STUDY_SEEDS:%=$(STEPS)/fusion-%)
ABLATION_STEPS = $(STEPS)/ablation
TUNING_STEPS = $(STEPS)/tuning
EXPLANATION_STEPS = $(STEPS)/explanations
AUGMENTATION_STEPS := $(foreach size,$(AUGMENTATION_SIZES),$(STEPS)/augmentation-$(firstword $(subst :, ,$(size))))
ADAPTATION_STEPS := $(foreach corpus,$(ADAPTATION_CORPORA),$(foreach size,$(ADAPTATION_SIZES),\
    $(STEPS)/adaptation-$(corpus)-$(firstword $(subst :, ,$(size)))))

.PHONY: studies $(STUDIES:%=%-study) results

studies: $(VENV)/.all $(FUSION_STEPS) $(ABLATION_STEPS) $(AUGMENTATION_STEPS) $(ADAPTATION_STEPS) $(TUNING_STEPS) $(EXPLANATION_STEPS) ## every study, from the corpora to the pages
	@$(MAKE) --no-print-directory results

fusion-study: $(VENV)/.all $(FUSION_STEPS) ## train the members of the fusion study, fuse and report
	@$(MAKE) --no-print-directory results

ablation-study: $(VENV)/.all $(ABLATION_STEPS) ## what each part of the tagger is worth
	@$(MAKE) --no-print-directory results

augmentation-study: $(VENV)/.all $(AUGMENTATION_STEPS) ## what each kind of augmentation is worth
	@$(MAKE) --no-print-directory results

adaptation-study: $(VENV)/.all $(ADAPTATION_STEPS) ## what the default is worth as a beginning
	@$(MAKE) --no-print-directory results

tuning-study: $(VENV)/.all $(TUNING_STEPS) ## search for settings
	@$(MAKE) --no-print-directory results

explanations-study: $(VENV)/.all $(EXPLANATION_STEPS) ## are explanations of the default true?
	@$(MAKE) --no-print-directory results

results: $(VENV)/.all ## the studies' pages in docs/results, from their committed summaries
	$(BIOWEAVE) report $(sort $(wildcard $(SUMMARIES)/*.json)) -o docs/results

comma := ,
space := $(subst ,, )
# $(call listed,words): with commas between them.
listed = $(subst $(space),$(comma),$(strip $(1)))
# $(call part,n,a:b:c): the nth.
part = $(word $(1),$(subst :, ,$(2)))

# $(call summed,name,command): what the command prints becomes a summary, if it comes to its end.
define summed
$(call timed,mkdir -p $(SUMMARIES) && $(2) > $(STEPS)/$(1).json && mv $(STEPS)/$(1).json $(SUMMARIES)/$(1).json)
endef

# $(call member,recipe,seed)
define member
$(STEPS)/member-$(1)-$(2): recipes/$(1).toml $(STEPS)/encoders
	$$(call timed,$$(BIOWEAVE) train recipes/$(1).toml -o $$(RUNS)/members/$(1)-$(2) --resume --set seed=$(2))
$(STEPS)/fusion-$(2): $(STEPS)/member-$(1)-$(2)
endef
$(foreach seed,$(STUDY_SEEDS),$(foreach one,$(FUSION_MEMBERS),$(eval $(call member,$(one),$(seed)))))

$(STEPS)/fusion-%:
	$(call summed,fusion-$*,$(BIOWEAVE) fuse $(FUSION_MEMBERS:%=$(RUNS)/members/%-$*) \
	    $(FUSION_CORPORA:%=--corpus %) --test --keep $(RUNS)/fusions/$* --json)

$(STEPS)/ablation: recipes/ablation.toml $(STEPS)/encoders $(STEPS)/vectors $(STEPS)/lexicon
	$(call summed,ablation,$(BIOWEAVE) ablate recipes/ablation.toml -o $(RUNS)/ablation --brief --jobs $(STUDY_JOBS) \
	    --seeds $(call listed,$(STUDY_SEEDS)) --set vectors.path=$(RUNS)/vectors.bin \
	    --set dictionary.lexicon=$(RUNS)/terminologies.lexicon)

# $(call augmented,share,windows a batch,epochs)
define augmented
$(STEPS)/augmentation-$(1): recipes/augmentation.toml recipes/studies/augmentation-switches.toml $(STEPS)/encoders
	$$(call summed,augmentation-$(1),$$(BIOWEAVE) ablate recipes/augmentation.toml -o $$(RUNS)/augmentation-$(1) --brief --jobs $$(STUDY_JOBS) \
	    --switches recipes/studies/augmentation-switches.toml --seeds $$(call listed,$$(STUDY_SEEDS)) \
	    --set corpora.ncbi-disease.share=$(1) --set training.batch_size=$(2) --set training.epochs=$(3))
endef
$(foreach size,$(AUGMENTATION_SIZES),$(eval $(call augmented,$(call part,1,$(size)),$(call part,2,$(size)),$(call part,3,$(size)))))

# $(call adapted,corpus,documents,windows a batch,epochs)
define adapted
$(STEPS)/adaptation-$(1)-$(2): recipes/adaptation-$(1).toml recipes/studies/adaptation-switches.toml $(STEPS)/encoders
	$$(call summed,adaptation-$(1)-$(2),$$(BIOWEAVE) ablate recipes/adaptation-$(1).toml -o $$(RUNS)/adaptation-$(1)-$(2) \
	    --brief --switches recipes/studies/adaptation-switches.toml --seeds $$(call listed,$$(STUDY_SEEDS)) \
	    --set corpora.$(1).documents=$(2) --set training.batch_size=$(3) --set training.epochs=$(4))
endef
$(foreach corpus,$(ADAPTATION_CORPORA),$(foreach size,$(ADAPTATION_SIZES),$(eval $(call adapted,$(corpus),$(call part,1,$(size)),$(call part,2,$(size)),$(call part,3,$(size))))))

$(STEPS)/tuning: recipes/tuning.toml recipes/studies/tuning-space.toml $(STEPS)/encoders
	$(call summed,tuning,$(BIOWEAVE) tune recipes/tuning.toml -o $(RUNS)/tuning --brief --trials $(TUNING_TRIALS) \
	    --space recipes/studies/tuning-space.toml --confirm $(call listed,$(TUNING_SEEDS)))

$(STEPS)/explanations:
	$(call summed,explanations,$(BIOWEAVE) explain --check ncbi-disease --mentions $(EXPLAINED_MENTIONS) \
	    -o $(RUNS)/explanations --json)
